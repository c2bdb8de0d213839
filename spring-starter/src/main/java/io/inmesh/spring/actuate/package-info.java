/** What Boot's actuator shows of a mesh: an endpoint, a health indicator, a contribution to info. Read-only. */
@NullMarked
package io.inmesh.spring.actuate;

import org.jspecify.annotations.NullMarked;
