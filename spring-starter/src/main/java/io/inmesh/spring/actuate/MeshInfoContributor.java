package io.inmesh.spring.actuate;

import io.inmesh.api.Locality;
import io.inmesh.balancer.Mesh;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * Says in {@code /actuator/info} which inmesh this is, how many services it reaches, and where it believes to run.
 *
 * <p>Threads: any.
 */
public final class MeshInfoContributor implements InfoContributor {
    private final Mesh mesh;

    /** Tells of that mesh. */
    public MeshInfoContributor(Mesh mesh) {
        this.mesh = mesh;
    }

    /** A service may be reached by several channels, and with several settings. */
    private long services() {
        return mesh.snapshots().stream()
                .map(snapshot -> snapshot.target().withoutParameters())
                .distinct()
                .count();
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Object> told = new LinkedHashMap<>();
        String version = Mesh.class.getPackage().getImplementationVersion();
        if (version != null) {
            told.put("version", version);
        }
        told.put("services", services());
        Locality place = mesh.engine().place().get();
        if (place.node() != null) {
            told.put("node", place.node());
        }
        if (place.zone() != null) {
            told.put("zone", place.zone());
        }
        builder.withDetail("inmesh", told);
    }
}
