/**
 * HTTP/1.1 for blocking callers, to an address under another name: connections, their pool, requests and answers, made of the parts of Apache HttpCore.
 * Knows nothing of services, endpoints and policies.
 */
@Internal
@NullMarked
package io.inmesh.spring.http.wire;

import io.inmesh.api.Internal;
import org.jspecify.annotations.NullMarked;
