/** What a balancer tells the outside: events in our own words, so that metrics libraries stay in adapters. */
@NullMarked
package io.inmesh.api.observe;

import org.jspecify.annotations.NullMarked;
