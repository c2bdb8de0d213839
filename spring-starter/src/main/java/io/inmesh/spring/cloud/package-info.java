/**
 * Spring Cloud LoadBalancer on our engine: for applications that say {@code @LoadBalanced}, {@code lb://} or {@code @FeignClient} and are to go on
 * doing so.
 *
 * <p>What cannot be kept on this way: Spring Cloud puts the chosen pod's address into the URL, so that {@code Host} is that address, and over
 * https the certificate would have to be made for it. Clients without {@code @LoadBalanced} keep both. https is refused here unless {@code
 * inmesh.cloud.https} says that the client can do with such certificates.
 */
@Internal
@NullMarked
package io.inmesh.spring.cloud;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
