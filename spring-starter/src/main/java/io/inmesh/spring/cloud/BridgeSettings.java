package io.inmesh.spring.cloud;

/**
 * Properties {@code inmesh.cloud.*} as the bridge needs them.
 *
 * @param https whether https goes to addresses of pods, for which their certificates have to be made then
 */
public record BridgeSettings(boolean https) {}
