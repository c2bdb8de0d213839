/**
 * Services whose meaning the application's properties give: a list of endpoints where there is no cluster, or another name in the cluster.
 */
@Internal
@NullMarked
package io.inmesh.spring.named;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
