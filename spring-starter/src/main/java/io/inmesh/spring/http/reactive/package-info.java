/**
 * Requests of WebClient, and of HTTP interfaces on it, to hosts that are services, through Reactor Netty. Looked at only where the application has both.
 */
@Internal
@NullMarked
package io.inmesh.spring.http.reactive;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
