package io.inmesh.balancer.eject;

/**
 * A rule speaks against an endpoint.
 *
 * @param index the endpoint's place among those that the rule was shown
 * @param rate its share of successes, by which the worst is ejected first
 * @param why the rule and its figures
 */
record Finding(int index, double rate, String why) {}
