package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Protocol;

/** What a set of endpoints is found by inside a service: a port's name, empty for an unnamed one, and its protocol (rule P-1). */
public record PortName(String name, Protocol protocol) {}
