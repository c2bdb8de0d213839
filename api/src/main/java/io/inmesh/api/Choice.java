package io.inmesh.api;

/** What {@link Picker#choose} answers: an endpoint's handle, or why there is none. Neither is allocated for the request. */
public sealed interface Choice permits EndpointView, Rejection {}
