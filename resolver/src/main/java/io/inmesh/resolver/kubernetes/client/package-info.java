/** How requests reach the API server and as whom (group R): the only room that knows how. */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.client;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
