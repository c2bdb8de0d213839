package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A port of a slice: where its endpoints listen for the service port of that name and protocol (rule P-3).
 *
 * @param name the service port's name, empty for an unnamed one (rule P-8)
 * @param protocol its protocol
 * @param number the number to connect to
 * @param appProtocol what is spoken there, or null (rule P-12)
 */
public record SlicePort(
        String name,
        Protocol protocol,
        int number,
        @Nullable String appProtocol) {}
