package io.inmesh.spring.cloud;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Sessions;
import io.inmesh.api.Target;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * An endpoint as Spring Cloud knows them. Nothing is counted until its request begins. Its id is the token of a session with that endpoint, as
 * it ends up in cookies; pod, node and zone are in the metadata.
 *
 * <p>Immutable; threads: any.
 */
final class MeshServiceInstance implements ServiceInstance {
    private final String serviceId;
    private final Target target;
    private final EndpointView view;
    private final Endpoint endpoint;
    private final boolean secure;
    private final PickContext context;

    /**
     * Creates it.
     *
     * @param target what the endpoint was chosen for
     * @param context what the request said of itself when the endpoint was chosen
     */
    MeshServiceInstance(String serviceId, Target target, EndpointView view, boolean secure, PickContext context) {
        this.serviceId = serviceId;
        this.target = target;
        this.view = view;
        this.endpoint = view.endpoint();
        this.secure = secure;
        this.context = context;
    }

    Target target() {
        return target;
    }

    EndpointView view() {
        return view;
    }

    /** The endpoints that are not to be tried again by a request that failed here: this one, and those tried before. */
    PickContext tried() {
        return context.withTried(endpoint);
    }

    @Override
    public String getInstanceId() {
        return Sessions.tokenOf(endpoint);
    }

    @Override
    public String getServiceId() {
        return serviceId;
    }

    @Override
    public String getHost() {
        return endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
    }

    @Override
    public int getPort() {
        return endpoint.port();
    }

    @Override
    public boolean isSecure() {
        return secure;
    }

    @Override
    public URI getUri() {
        return ServiceInstance.createUri(this);
    }

    /** What a load balancer gave out as one of these, though Spring Cloud has put something around it; null for others. */
    static @Nullable MeshServiceInstance behind(@Nullable ServiceInstance given) {
        if (given == null || given instanceof MeshServiceInstance) {
            return (MeshServiceInstance) given;
        }
        return given.getMetadata() instanceof Metadata passedOn ? passedOn.of() : null;
    }

    @Override
    public Map<String, String> getMetadata() {
        Metadata metadata = new Metadata();
        putIfKnown(metadata, "pod", endpoint.pod());
        putIfKnown(metadata, "node", endpoint.locality().node());
        putIfKnown(metadata, "zone", endpoint.locality().zone());
        metadata.put("weight", Integer.toString(endpoint.weight()));
        return metadata;
    }

    /** Leads back to the instance: what Spring Cloud's gateway puts around that passes metadata on as they are, and hides everything else. */
    private final class Metadata extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1L;

        private MeshServiceInstance of() {
            return MeshServiceInstance.this;
        }
    }

    private static void putIfKnown(Map<String, String> metadata, String key, @Nullable String value) {
        if (value != null) {
            metadata.put(key, value);
        }
    }

    /** Equal for the same endpoint of the same service: those who compare instances mean that. */
    @Override
    public boolean equals(Object other) {
        return other instanceof MeshServiceInstance instance
                && instance.serviceId.equals(serviceId)
                && instance.endpoint.id().equals(endpoint.id())
                && instance.secure == secure;
    }

    @Override
    public int hashCode() {
        return endpoint.id().hashCode();
    }

    @Override
    public String toString() {
        return serviceId + " at " + endpoint.address()
                + (endpoint.pod() == null ? "" : " (pod " + endpoint.pod() + ")");
    }
}
