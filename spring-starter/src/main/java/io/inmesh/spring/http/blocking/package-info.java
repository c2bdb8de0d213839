/**
 * Requests of clients that block (RestClient, RestTemplate, HTTP interfaces on them) to hosts that are services. What they have in common with those that do not is
 * one room up; how bytes come and go, in {@code wire}.
 */
@Internal
@NullMarked
package io.inmesh.spring.http.blocking;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
