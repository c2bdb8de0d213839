package io.inmesh.api;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What others than the resolver need to know of a service: its identity and the wishes of its owner.
 *
 * @param key the port that the endpoints belong to
 * @param uid identity of the Service object, empty if there is none; a service deleted and made anew has another
 * @param sessionAffinity how long a client stays with its endpoint, or null for none (rule Y-1)
 * @param annotations the annotations under {@code inmesh.io/}, without that prefix
 * @param appProtocol what is spoken on the port ({@code kubernetes.io/h2c}, {@code grpc} ...), or null if unsaid (rule P-12)
 * @param alias the name that the service, an ExternalName, stands for in the end; null for others. Requests keep the name that was asked
 *     for in {@code Host} and TLS; who needs the final one finds it here (rule X-5)
 */
public record ServiceFacts(
        ServiceKey key,
        String uid,
        @Nullable Duration sessionAffinity,
        Map<String, String> annotations,
        @Nullable String appProtocol,
        @Nullable String alias) {

    /** Copies the annotations. */
    public ServiceFacts {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(uid, "uid");
        annotations = Map.copyOf(annotations);
    }

    /** Facts of something that is no Kubernetes Service: a key and nothing more. */
    public static ServiceFacts of(ServiceKey key) {
        return new ServiceFacts(key, "", null, Map.of(), null, null);
    }

    /** The same service with other annotations (without the prefix {@code inmesh.io/}). */
    public ServiceFacts withAnnotations(Map<String, String> newAnnotations) {
        return new ServiceFacts(key, uid, sessionAffinity, newAnnotations, appProtocol, alias);
    }
}
