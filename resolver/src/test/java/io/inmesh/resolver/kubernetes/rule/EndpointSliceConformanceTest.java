package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.Json;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.SliceReader;
import io.inmesh.resolver.kubernetes.object.UnreadableException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a sequence of slice events adds up to (groups A, P, F, C, W). */
class EndpointSliceConformanceTest {

    @TestFactory
    Stream<DynamicTest> endpoint_slice_cases() throws IOException {
        return ConformanceCases.of("endpointslice-cases.json", each -> new Run(each).all());
    }

    /** Cases of our own, for what the format admits and the given ones do not use; each must fail where it expects the contrary. */
    @TestFactory
    Stream<DynamicTest> more_of_the_format() throws IOException {
        return ConformanceCases.moreOf("endpointslice-cases.json", each -> {
            new Run(each).all();
            for (JsonNode phase : each.path("phases")) {
                ObjectNode expect = (ObjectNode) phase.path("expect");
                String publish = expect.path("publish").asText();
                expect.put("publish", publish.equals("yes") ? "no" : "yes");
                assertThatThrownBy(() -> new Run(each).all()).isInstanceOf(AssertionError.class);
                expect.put("publish", publish);
            }
        });
    }

    /** What a set is called by. */
    private record SetName(ObjectName service, PortName port) {}

    private static final class Run {
        private final JsonNode conformanceCase;
        private final AddressFamily family;
        private final @Nullable String node;
        private final SliceContributions join = new SliceContributions();
        private boolean listed; // A complete list came.
        private final Set<PortName> spokenOf = new HashSet<>(); // By any slice that ever came.
        private final Map<ObjectName, Map<SetName, List<JoinedEndpoint>>> before = new HashMap<>(); // Published last.
        private final Set<ObjectName> named = new HashSet<>(); // By any phase, so under test in all of them.

        Run(JsonNode conformanceCase) {
            this.conformanceCase = conformanceCase;
            JsonNode client = conformanceCase.path("client");
            family = AddressFamily.named(client.path("ipFamily").asText()).orElseThrow();
            node = Json.text(client, "nodeName");
        }

        void all() {
            List<JsonNode> phases = ConformanceCases.list(conformanceCase.path("phases"));
            assertThat(phases).isNotEmpty();
            phases.forEach(phase ->
                    ConformanceCases.texts(phase.at("/expect/services")).forEach(service -> named.add(name(service))));
            phases.forEach(this::phase);
        }

        private void phase(JsonNode phase) {
            Set<ObjectName> changed = new HashSet<>();
            boolean relisted = ConformanceCases.list(phase.path("events")).stream()
                    .anyMatch(event -> event.path("type").asText().equals("RELIST"));
            listed |= relisted;
            phase.path("events").forEach(event -> changed.addAll(apply(event)));
            JsonNode expect = phase.path("expect");
            Set<ObjectName> services = ConformanceCases.texts(expect.path("services")).stream()
                    .map(Run::name)
                    .collect(Collectors.toSet());
            boolean news = false; // Of the services that this phase names.
            for (ObjectName service : named) { // the first complete result is published, even an empty one.
                boolean heardOf = listed || changed.contains(service);
                Map<SetName, List<JoinedEndpoint>> now = sets(Set.of(service));
                if ((heardOf || before.containsKey(service)) && !now.equals(before.put(service, now))) {
                    news |= services.contains(service);
                }
            }
            Map<SetName, List<JoinedEndpoint>> sets = sets(services);
            if (expect.has("sets")) {
                assertSets(expect.path("sets"), sets);
            }
            if (expect.has("changedServices")) {
                assertThat(changed)
                        .isEqualTo(ConformanceCases.texts(expect.path("changedServices")).stream()
                                .map(Run::name)
                                .collect(Collectors.toSet()));
            }
            String publish = expect.path("publish").asText("optional");
            if (!publish.equals("optional")) {
                assertThat(news).as("publish").isEqualTo(publish.equals("yes"));
            }
            if (publish.equals("yes") && !relisted) { // The end of a list causes one by itself.
                assertThat(changed).as("what causes a publication").isNotEmpty();
            }
            if (expect.has("localReadyEndpoints")) {
                assertLocalReady(expect.path("localReadyEndpoints"), sets);
            }
        }

        private Set<ObjectName> apply(JsonNode event) {
            JsonNode object = event.path("object");
            return switch (event.path("type").asText()) {
                case "ADDED", "MODIFIED" -> read(object).map(join::put).orElse(Set.of());
                case "DELETED" -> join.remove(Json.id(object), Json.version(object));
                case "RELIST" -> replaceAll(ConformanceCases.list(event.path("objects")));
                default -> Set.of(); // W-1; ListWatch keeps BOOKMARK and ERROR to itself, as WatchRulesTest shows.
            };
        }

        private Set<ObjectName> replaceAll(List<JsonNode> objects) {
            List<Slice> readable =
                    objects.stream().flatMap(object -> read(object).stream()).toList();
            return join.replaceAll(readable, objects.stream().map(Json::id).collect(Collectors.toSet()));
        }

        /** Empty for one that cannot be read, of which the last state that could be stays: UnreadableObjectRulesTest shows it. */
        private Optional<Slice> read(JsonNode object) {
            try {
                Slice slice = SliceReader.read(object);
                slice.ports().forEach(port -> spokenOf.add(new PortName(port.name(), port.protocol())));
                return Optional.of(slice);
            } catch (UnreadableException e) {
                return Optional.empty();
            }
        }

        private Map<SetName, List<JoinedEndpoint>> sets(Set<ObjectName> services) {
            Map<SetName, List<JoinedEndpoint>> sets = new HashMap<>();
            for (ObjectName service : services) {
                for (PortName port : spokenOf) {
                    List<JoinedEndpoint> endpoints = SliceJoin.endpoints(join.of(service), family, port);
                    if (!endpoints.isEmpty()) {
                        sets.put(new SetName(service, port), endpoints);
                    }
                }
            }
            return sets;
        }

        private void assertSets(JsonNode expected, Map<SetName, List<JoinedEndpoint>> actual) {
            Map<SetName, List<JsonNode>> wanted = new HashMap<>();
            for (JsonNode set : expected) {
                ObjectName service = new ObjectName(
                        set.path("namespace").asText(), set.path("service").asText());
                PortName port = new PortName(
                        textOr(set, "portName", ""), Protocol.valueOf(textOr(set, "protocol", "TCP"))); // P-8
                List<JsonNode> endpoints = ConformanceCases.list(set.path("endpoints"));
                if (!endpoints.isEmpty()) {
                    wanted.put(new SetName(service, port), endpoints);
                }
            }
            assertThat(actual).containsOnlyKeys(wanted.keySet());
            wanted.forEach((name, entries) -> assertSet(entries, actual.getOrDefault(name, List.of())));
        }

        private void assertSet(List<JsonNode> wanted, List<JoinedEndpoint> actual) {
            Map<String, JoinedEndpoint> byAddress =
                    actual.stream().collect(Collectors.toMap(Run::address, joined -> joined));
            assertThat(byAddress)
                    .containsOnlyKeys(wanted.stream()
                            .map(entry -> entry.path("address").asText())
                            .toList());
            for (JsonNode entry : wanted) {
                JoinedEndpoint joined = Objects.requireNonNull(
                        byAddress.get(entry.path("address").asText()));
                entry.fieldNames().forEachRemaining(field -> assertThat(value(joined, field))
                        .as("%s of %s", field, entry)
                        .isEqualTo(expected(field, entry.path(field))));
            }
        }

        private static String textOr(JsonNode object, String field, String otherwise) {
            String text = object.path(field).asText("");
            return object.path(field).isNull() || text.isEmpty() ? otherwise : text;
        }

        /** Absent, null and empty are one. */
        private static @Nullable Object expected(String field, JsonNode value) {
            if (value.isArray() || (value.isNull() && field.startsWith("hintsFor"))) {
                return new TreeSet<>(ConformanceCases.texts(value));
            }
            if (value.isBoolean()) {
                return value.asBoolean();
            }
            return value.isNull() || value.asText().isEmpty() ? null : value.asText();
        }

        private @Nullable Object value(JoinedEndpoint joined, String field) {
            SliceEndpoint endpoint = joined.endpoint();
            return switch (field) {
                case "address" -> address(joined);
                case "local" -> isLocal(joined);
                case "ready" -> endpoint.ready();
                case "serving" -> endpoint.serving();
                case "terminating" -> endpoint.terminating();
                case "hostname" -> endpoint.hostname();
                case "appProtocol" -> joined.appProtocol();
                case "hintsForZones" -> new TreeSet<>(endpoint.zoneHints());
                case "hintsForNodes" -> new TreeSet<>(endpoint.nodeHints());
                default -> throw new IllegalArgumentException("field " + field);
            };
        }

        private boolean isLocal(JoinedEndpoint joined) {
            return node != null && node.equals(joined.endpoint().locality().node());
        }

        private void assertLocalReady(JsonNode expected, Map<SetName, List<JoinedEndpoint>> sets) {
            Map<ObjectName, Set<String>> actual = new HashMap<>();
            sets.forEach((name, endpoints) -> endpoints.stream()
                    .filter(this::isLocal)
                    .filter(joined -> joined.endpoint().ready())
                    .forEach(joined -> actual.computeIfAbsent(name.service(), service -> new TreeSet<>())
                            .add(joined.endpoint().address())));
            Map<ObjectName, Integer> counts = new HashMap<>();
            expected.properties()
                    .forEach(entry ->
                            counts.put(name(entry.getKey()), entry.getValue().asInt()));
            assertThat(actual.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                            .size())))
                    .isEqualTo(counts);
        }

        private static String address(JoinedEndpoint joined) {
            return Endpoint.of(joined.endpoint().address(), joined.port()).address();
        }

        private static ObjectName name(String text) {
            int slash = text.indexOf('/');
            return new ObjectName(text.substring(0, slash), text.substring(slash + 1));
        }
    }
}
