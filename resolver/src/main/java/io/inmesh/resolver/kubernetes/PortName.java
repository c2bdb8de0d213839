package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Protocol;

/** What a set of endpoints is found by inside a service: a port's name, empty for an unnamed one, and its protocol (rule P-1). */
record PortName(String name, Protocol protocol) {}
