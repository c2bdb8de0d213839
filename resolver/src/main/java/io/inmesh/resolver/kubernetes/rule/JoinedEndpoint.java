package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint of one port after all slices are joined: flags included, usability not yet decided (rule A-10).
 *
 * @param endpoint what the winning slice says of it
 * @param port the number to connect to; with the address, its identity inside the set (rule A-5)
 * @param appProtocol what is spoken there, or null
 */
public record JoinedEndpoint(
        SliceEndpoint endpoint, int port, @Nullable String appProtocol) {}
