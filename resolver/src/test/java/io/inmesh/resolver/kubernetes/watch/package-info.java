/** Lists, watches and their failures, on a scripted transport. */
@NullMarked
package io.inmesh.resolver.kubernetes.watch;

import org.jspecify.annotations.NullMarked;
