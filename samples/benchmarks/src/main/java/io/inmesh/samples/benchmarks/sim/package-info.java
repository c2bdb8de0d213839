/**
 * A simulation of many clients that balance over servers with queues: the library's own pickers, on a clock that jumps from event to event.
 * One seed gives one course of events, whatever the machine is busy with. (Where the turns of {@code rr} and {@code wrr} begin depends on how many
 * processors there are, as in the library; what they come to does not.)
 *
 * <p>{@link io.inmesh.samples.benchmarks.sim.Main} runs every policy through every scenario, prints a table, and leaves it in the
 * module's {@code target} as CSV and as a plot:
 *
 * <pre>{@code
 * mvn -q -B -DskipTests -pl samples/benchmarks -am package exec:exec -Dbench.main=io.inmesh.samples.benchmarks.sim.Main
 * }</pre>
 *
 * <p>With {@code -Djmh.args="load=0.85 clients=20 requests=50000"} it runs another load, fewer clients, a shorter time.
 *
 * <p>Parts: {@link io.inmesh.samples.benchmarks.sim.EventQueue} is time; {@code Server}s, of a speed that a {@code Scenario} tells, work;
 * {@code Client}s, each with pickers and numbers of its own, choose as their {@code Policy} says; {@code Experiment} puts them together and
 * {@code Measurement} is what comes out. {@code Criterion} says what is asked of the library. To try another situation, add a {@code Scenario}; to try another policy, a {@code Policy}.
 */
@NullMarked
package io.inmesh.samples.benchmarks.sim;

import org.jspecify.annotations.NullMarked;
