/**
 * For tests, ours and our users': a clock that moves when told, a lane that takes one step at a time, chance that follows a script,
 * and endpoints without a cluster. Published with classifier {@code tests}; needs no test engine.
 */
@NullMarked
package io.inmesh.api.testing;

import org.jspecify.annotations.NullMarked;
