/** What users can set: the keys, one record per concern, and which level's word counts. Values are checked where they come in. */
@NullMarked
package io.inmesh.balancer.config;

import org.jspecify.annotations.NullMarked;
