/** What Kubernetes decides, as pure functions: which slices add up, which port and family is meant, which endpoints this client may use (groups S P A F C). */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
