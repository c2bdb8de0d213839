package io.inmesh.resolver.kubernetes.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Endpoints object ({@code v1}), the old form of what slices say, as slices (group E). Use one or the other for a service, never
 * both: mirrored content would count twice (rule E-8).
 *
 * @param id its namespace and name, which is the service's
 * @param version its resource version
 * @param slices one for each subset and family; their names are unique among the slices of one object and occur nowhere else
 * @param overCapacity what annotation {@code endpoints.kubernetes.io/over-capacity} says if addresses were cut off, or null (rule E-5)
 * @param lock whether it is no service at all but a leader's lock (rule E-6)
 */
public record EndpointsObject(
        ObjectName id,
        String version,
        List<Slice> slices,
        @Nullable String overCapacity,
        boolean lock) {

    public EndpointsObject {
        slices = List.copyOf(slices);
    }

    /** What has to differ for a change to be one (rule A-13): versions sit in the slices too. */
    public EndpointsObject content() {
        List<Slice> unversioned = slices.stream().map(Slice::withoutVersion).toList();
        return new EndpointsObject(id, "", unversioned, overCapacity, lock);
    }
}
