/** What resolving needs of API objects, read from their JSON: unknown fields skipped, the defaults of the API applied. Values and pure functions. */
@Internal
@NullMarked
package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
