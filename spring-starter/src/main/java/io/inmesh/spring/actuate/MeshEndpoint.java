package io.inmesh.spring.actuate;

import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The live view of a mesh: {@code /actuator/inmesh} shows every service in use, {@code /actuator/inmesh/orders.shop} one of them. Read-only.
 * Shows addresses of pods and names of nodes, so expose it as you expose Boot's own {@code env}: to operators.
 *
 * <p>Threads: any.
 */
@Endpoint(id = "inmesh")
public class MeshEndpoint {
    private final Mesh mesh;

    /** Shows that mesh. */
    public MeshEndpoint(Mesh mesh) {
        this.mesh = mesh;
    }

    /**
     * What is shown.
     *
     * @param services each service in use, by target
     */
    public record Services(List<ServiceView> services) {}

    /** Every service in use. */
    @ReadOperation
    public Services services() {
        return new Services(views(snapshot -> true));
    }

    /**
     * Those of that name.
     *
     * @param service such as {@code orders}, {@code orders.shop} or {@code orders.shop:http}
     * @return null, for the web 404, if there is none
     */
    @ReadOperation
    public @Nullable Services service(@Selector String service) {
        List<ServiceView> views = views(snapshot -> ServiceNames.means(service, snapshot));
        return views.isEmpty() ? null : new Services(views);
    }

    private List<ServiceView> views(Predicate<LoadBalancer.Snapshot> wanted) {
        return mesh.snapshots().stream()
                .filter(wanted)
                .map(ServiceView::of)
                .sorted(Comparator.comparing(ServiceView::target))
                .toList();
    }
}
