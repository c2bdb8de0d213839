package io.inmesh.resolver.kubernetes.object;

/**
 * An object and what every object has.
 *
 * @param id its namespace (empty for an object of the cluster) and name
 * @param version its resource version, empty if it shows none
 * @param object what is needed of it
 */
public record ReadObject<T>(ObjectName id, String version, T object) {}
