package io.inmesh.resolver.kubernetes.snapshot;

import io.inmesh.api.EndpointSet;
import java.time.Instant;

/**
 * What was known of one target at one moment.
 *
 * @param target what it is of
 * @param written when it was written, by this machine's clock
 * @param set the endpoints; as read from a file stale, of revision 0 and without a trigger
 */
public record Snapshot(SnapshotTarget target, Instant written, EndpointSet set) {}
