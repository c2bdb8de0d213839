/**
 * What is said of endpoints' health, and by whom: sources such as outlier detection, shared by every balancer that reaches a service port, and the
 * way from their words to the members of each balancer. Knows no stage and no picker.
 */
@Internal
@NullMarked
package io.inmesh.balancer.health;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
