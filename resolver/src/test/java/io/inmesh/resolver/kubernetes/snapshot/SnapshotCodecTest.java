package io.inmesh.resolver.kubernetes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read back as it was, and nothing else is read. */
class SnapshotCodecTest {
    private static final Snapshot SAMPLE = new Snapshot(Kept.ORDERS, Kept.MORNING, Kept.set("10.0.0.1", "10.0.0.2"));

    @Property(tries = 300)
    void what_is_written_is_read_back_stale_and_otherwise_the_same(@ForAll("sets") EndpointSet set) throws IOException {
        Snapshot read =
                SnapshotCodec.read(SnapshotCodec.write(new Snapshot(Kept.ORDERS, Kept.MORNING, set)), Kept.ORDERS);
        assertThat(read.target()).isEqualTo(Kept.ORDERS);
        assertThat(read.written()).isEqualTo(Kept.MORNING);
        assertThat(read.set())
                .isEqualTo(new EndpointSet(set.facts(), 0, set.endpoints(), set.nothingUsable(), true, null));
    }

    @Property(tries = 500)
    void one_changed_byte_anywhere_is_refused_or_changes_nothing(@ForAll int where, @ForAll byte change)
            throws IOException {
        byte[] bytes = SnapshotCodec.write(SAMPLE);
        bytes[Math.floorMod(where, bytes.length)] ^= change == 0 ? 1 : change;
        assertReadsAsSampleOrNotAtAll(bytes);
    }

    @Property(tries = 200)
    void a_file_cut_short_is_refused(@ForAll int where) throws IOException {
        byte[] bytes = SnapshotCodec.write(SAMPLE);
        byte[] cut = Arrays.copyOf(bytes, Math.floorMod(where, bytes.length));
        assertThatThrownBy(() -> SnapshotCodec.read(cut, Kept.ORDERS)).isInstanceOf(DamagedSnapshotException.class);
    }

    private static void assertReadsAsSampleOrNotAtAll(byte[] bytes) throws IOException {
        try {
            assertThat(SnapshotCodec.read(bytes, Kept.ORDERS).set().endpoints())
                    .isEqualTo(SAMPLE.set().endpoints());
        } catch (DamagedSnapshotException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "{}",
                "7",
                "\"text\"",
                "{\"formatVersion\": 1}",
                "{\"formatVersion\": \"1\"}",
                "{\"formatVersion\": 1, \"formatVersion\": 1}",
                "{\"formatVersion\": 1, \"sha256\": null, \"content\": null}",
                "\u0000\u0000\u0000",
                "not JSON at all"
            })
    void what_is_no_snapshot_is_refused(String text) {
        assertThatThrownBy(() -> SnapshotCodec.read(text.getBytes(StandardCharsets.UTF_8), Kept.ORDERS))
                .isInstanceOf(DamagedSnapshotException.class);
    }

    @Test
    void another_format_version_is_refused_by_name() throws IOException {
        String later = text(SAMPLE).replace("\"formatVersion\" : 1", "\"formatVersion\" : 2");
        assertThatThrownBy(() -> SnapshotCodec.read(later.getBytes(StandardCharsets.UTF_8), Kept.ORDERS))
                .isInstanceOf(DamagedSnapshotException.class)
                .hasMessage("formatVersion: 2 (expected: 1)");
    }

    @Test
    void what_was_kept_for_another_target_is_refused_with_both() throws IOException {
        byte[] bytes = SnapshotCodec.write(SAMPLE);
        assertThatThrownBy(() -> SnapshotCodec.read(bytes, Kept.target("orders", "grpc")))
                .isInstanceOf(DamagedSnapshotException.class)
                .hasMessageContaining("port=http")
                .hasMessageContaining("port=grpc");
    }

    @Test
    void what_follows_the_end_is_refused() throws IOException {
        byte[] twice = (text(SAMPLE) + text(SAMPLE)).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SnapshotCodec.read(twice, Kept.ORDERS)).isInstanceOf(DamagedSnapshotException.class);
    }

    @Test
    void other_white_space_is_the_same_file() throws IOException {
        byte[] dense = text(SAMPLE).replaceAll("\\s", "").getBytes(StandardCharsets.UTF_8);
        assertThat(SnapshotCodec.read(dense, Kept.ORDERS).set().endpoints())
                .isEqualTo(SAMPLE.set().endpoints());
    }

    private static String text(Snapshot snapshot) throws IOException {
        return new String(SnapshotCodec.write(snapshot), StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<EndpointSet> sets() {
        Arbitrary<Unresolved> words =
                Combinators.combine(Arbitraries.of(Reason.values()), texts()).as(Unresolved::new);
        return Combinators.combine(facts(), endpoints().list().ofMaxSize(12), words.injectNull(0.5), triggers())
                .as((facts, endpoints, nothing, triggered) ->
                        new EndpointSet(facts, 3, endpoints, nothing, false, triggered));
    }

    private static Arbitrary<Instant> triggers() {
        return Arbitraries.of(Kept.MORNING, Instant.EPOCH).injectNull(0.5);
    }

    private static Arbitrary<ServiceFacts> facts() {
        Arbitrary<ServiceKey> keys = Combinators.combine(texts(), texts(), texts(), Arbitraries.of(Protocol.values()))
                .as((namespace, service, port, protocol) -> new ServiceKey("k8s", namespace, service, port, protocol));
        Arbitrary<Map<String, String>> annotations =
                Arbitraries.maps(texts(), texts()).ofMaxSize(4);
        Arbitrary<Duration> affinities = Arbitraries.longs()
                .between(0, 86_400_000)
                .map(Duration::ofMillis)
                .injectNull(0.5);
        return Combinators.combine(
                        keys, texts(), affinities, annotations, texts().injectNull(0.5), texts().injectNull(0.5))
                .as(ServiceFacts::new);
    }

    private static Arbitrary<Endpoint> endpoints() {
        Arbitrary<String> names =
                Arbitraries.strings().alpha().numeric().withChars(".:").ofMinLength(1);
        Arbitrary<Locality> places = Combinators.combine(texts().injectNull(0.3), texts().injectNull(0.3))
                .as(Locality::new);
        Arbitrary<Usability> usabilities = Arbitraries.oneOf(
                Arbitraries.just(Usability.usable()),
                texts().map(Usability.Draining::new),
                texts().map(Usability.Unusable::new));
        return Combinators.combine(
                        names,
                        names,
                        Arbitraries.integers().between(0, 65535),
                        Arbitraries.integers().between(0, Endpoint.MAX_WEIGHT),
                        places,
                        usabilities,
                        texts().injectNull(0.5),
                        texts().injectNull(0.5))
                .as(Endpoint::new);
    }

    /** Of any characters that text can have: halves of pairs it cannot. */
    private static Arbitrary<String> texts() {
        return Arbitraries.strings().all().ofMaxLength(12).filter(text -> StandardCharsets.UTF_8
                .newEncoder()
                .canEncode(text));
    }

    @Test
    void names_of_files_are_readable_safe_and_differ_where_terms_differ() {
        assertThat(Kept.ORDERS.fileName()).matches("inmesh-orders\\.shop\\.http-[0-9a-f]{16}\\.json");
        List<SnapshotTarget> targets = List.of(
                Kept.ORDERS,
                Kept.target("orders", "grpc"),
                Kept.target("Orders", "http"),
                Kept.target("orders.shop", "http"),
                SnapshotTarget.of("http://other.test", Map.of("service", "orders", "namespace", "shop")),
                SnapshotTarget.of("http://api.test", Map.of("pods", "app in (a, ../../b)", "namespace", "shop")),
                SnapshotTarget.of("http://api.test", Map.of("pods", "app in (a- ------b)", "namespace", "shop")),
                SnapshotTarget.of("http://api.test", Map.of("pods", "x".repeat(5000), "namespace", "shop")),
                SnapshotTarget.of("http://api.test", Map.of("a", "b", "c", "d")),
                SnapshotTarget.of("http://api.test", Map.of("a", "b1:c1:d")));
        assertThat(targets)
                .extracting(SnapshotTarget::fileName)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("inmesh-[a-z0-9.-]{0,100}-[0-9a-f]{16}\\.json"))
                .noneMatch(name -> name.contains(".."));
    }
}
