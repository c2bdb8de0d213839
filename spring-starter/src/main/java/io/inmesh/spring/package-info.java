/**
 * The Spring Boot starter: one auto-configuration per concern, properties {@code inmesh.*}, and what a bad one ends in.
 */
@NullMarked
package io.inmesh.spring;

import org.jspecify.annotations.NullMarked;
