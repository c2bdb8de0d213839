/** What Kubernetes decides, as pure functions: which objects add up, which port and family is meant, which endpoints this client may use, where aliases and ways from outside lead (groups S P A F E C L T X I). */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
