package io.inmesh.resolver.kubernetes.proof;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Locality;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.FixedLookup;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesConfig.Family;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Resolves everything that a recording names, for a client at each place and of each family that occurs. */
final class Clients implements AutoCloseable {

    /** A client: where it runs and which family it was told to use. */
    record Seat(Locality place, Family family) {}

    /** What one client asked for. */
    record Question(Seat seat, String target) {}

    private static final Duration FOR_EACH = Duration.ofSeconds(1);

    private final Scheduler scheduler = Scheduler.system("recording");
    private final List<KubernetesResolverProvider> providers = new ArrayList<>();
    private final Map<Question, Told> told = new LinkedHashMap<>();

    private Clients() {}

    /** Starts them against an API server. */
    static Clients of(Recording recording, URI api) {
        return of(recording, api, config -> config);
    }

    /** The same, with more to their configuration. */
    static Clients of(Recording recording, URI api, UnaryOperator<KubernetesConfig> more) {
        Clients clients = new Clients();
        KubernetesConfig config = more.apply(KubernetesConfig.DEFAULT
                .withMasterUrl(api)
                .withNamespace(recording.namespace())
                .withNetwork(KubernetesConfig.Network.INSIDE));
        for (Seat seat : seats(recording)) {
            clients.open(seat, config, targets(recording));
        }
        return clients;
    }

    private void open(Seat seat, KubernetesConfig config, Set<String> targets) {
        KubernetesResolverProvider provider = FixedLookup.provider(
                config.withPlace(seat.place().node(), seat.place().zone()).withFamily(seat.family()));
        providers.add(provider);
        Context context = new Context(NanoClock.system(), scheduler);
        for (String target : targets) {
            Told listener = new Told();
            Resolver resolver = provider.newResolver(provider.parse(target), context);
            resolver.start(listener);
            told.put(new Question(seat, target), listener);
        }
    }

    /** How long to wait for all of them: each has a provider, whose threads and watches share one machine. */
    Duration patience() {
        return Quiet.PATIENCE.plus(FOR_EACH.multipliedBy(providers.size()));
    }

    /** Whatever was asked. */
    Set<Question> questions() {
        return told.keySet();
    }

    /** What has been told of it. */
    Told told(Question question) {
        return Objects.requireNonNull(told.get(question), question::toString);
    }

    /** A client on every node that occurs and one of an unknown place, each for every family that a service has. */
    private static Set<Seat> seats(Recording recording) {
        Map<String, Locality> places = new TreeMap<>();
        for (JsonNode slice : recording.everSeen(Recording.SLICES)) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                String node = endpoint.path("nodeName").asText("");
                if (!node.isEmpty()) {
                    places.put(node, new Locality(node, endpoint.path("zone").asText(null)));
                }
            }
        }
        places.put("", Locality.UNKNOWN);
        Set<Seat> seats = new LinkedHashSet<>();
        for (Locality place : places.values()) {
            families(recording).forEach(family -> seats.add(new Seat(place, family)));
        }
        return seats;
    }

    private static Set<Family> families(Recording recording) {
        Set<Family> families = new LinkedHashSet<>();
        for (JsonNode service : recording.everSeen(Recording.SERVICES)) {
            service.at("/spec/ipFamilies")
                    .forEach(family -> families.add(family.asText().equals("IPv6") ? Family.IPV6 : Family.IPV4));
        }
        if (families.isEmpty()) { // Aliases and services of old clusters name none.
            families.add(Family.IPV4);
        }
        return families;
    }

    /** Every service: without a port, with each of its ports by name and by number, and each of its host names. */
    private static Set<String> targets(Recording recording) {
        Set<String> targets = new LinkedHashSet<>();
        for (JsonNode service : recording.everSeen(Recording.SERVICES)) {
            String name = Recording.nameOf(service) + "." + recording.namespace();
            targets.add(name);
            for (JsonNode port : service.at("/spec/ports")) {
                targets.addAll(targets(name, port));
            }
        }
        for (JsonNode slice : recording.everSeen(Recording.SLICES)) {
            String service = slice.at("/metadata/labels")
                    .path("kubernetes.io/service-name")
                    .asText();
            for (JsonNode endpoint : slice.path("endpoints")) {
                if (!endpoint.path("hostname").asText("").isEmpty()) {
                    targets.add(endpoint.path("hostname").asText() + "." + service + "." + recording.namespace()
                            + ".svc:" + slice.at("/ports/0/port").asInt(80));
                }
            }
        }
        return targets;
    }

    /** A port of a service by number, and by name if it has one. */
    static List<String> targets(String service, JsonNode port) {
        String protocol = "?protocol=" + port.path("protocol").asText("TCP");
        String byNumber = service + ":" + port.path("port").asInt() + protocol;
        String name = port.path("name").asText("");
        return name.isEmpty() ? List.of(byNumber) : List.of(byNumber, service + ":" + name + protocol);
    }

    @Override
    public void close() {
        providers.forEach(KubernetesResolverProvider::close);
        scheduler.close();
    }
}
