/**
 * HTTP for hosts that are services: which URLs are ours, which port is meant, and the client that goes to a pod while Host and TLS name
 * stay the service's.
 */
@Internal
@NullMarked
package io.inmesh.spring.http;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
