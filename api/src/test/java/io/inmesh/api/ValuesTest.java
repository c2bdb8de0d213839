package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.time.NanoClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The small values: places, facts, keys, what a request says, what is said instead of an endpoint. */
class ValuesTest {
    private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 80);

    @ParameterizedTest
    @CsvSource({"'', ''", "' ', '\t'", ","})
    void a_place_without_name_is_unknown(@Nullable String node, @Nullable String zone) {
        assertThat(new Locality(node, zone)).isEqualTo(Locality.UNKNOWN);
    }

    @Test
    void places_compare_exactly_with_case_T7() {
        assertThat(new Locality("node-1", "zone-a"))
                .isEqualTo(new Locality("node-1", "zone-a"))
                .isNotEqualTo(new Locality("node-1", "Zone-a"))
                .isNotEqualTo(new Locality("node-1", null));
    }

    @Test
    void facts_keep_their_own_copy_of_the_annotations() {
        ServiceFacts bare = ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "", Protocol.TCP));
        Map<String, String> annotations = new HashMap<>(Map.of("policy", "rr"));
        ServiceFacts annotated = bare.withAnnotations(annotations);
        annotations.clear();

        assertThat(annotated.annotations()).containsOnly(Map.entry("policy", "rr"));
        assertThat(annotated.key()).isEqualTo(bare.key());
        assertThat(annotated.withAnnotations(Map.of())).isEqualTo(bare);
        assertThat(bare.uid()).isEmpty();
        assertThat(bare.sessionAffinity()).isNull();
        assertThat(bare.appProtocol()).isNull();
    }

    @ParameterizedTest(name = "{4}")
    @CsvSource(delimiter = '|', textBlock = """
            shop | orders   | grpc | TCP | orders.shop:grpc     | orders in namespace shop, port grpc
            shop | orders   | ''   | TCP | orders.shop          | orders in namespace shop, the unnamed port
            kube-system | kube-dns | dns | UDP | kube-dns.kube-system:dns/UDP | kube-dns in namespace kube-system, port dns/UDP
            shop | media    | ''   | SCTP | media.shop/SCTP      | media in namespace shop, the unnamed port/SCTP
            """)
    void a_key_tells_service_namespace_port_and_an_unusual_protocol(
            String namespace, String service, String portName, Protocol protocol, String text, String described) {
        ServiceKey key = new ServiceKey("k8s", namespace, service, portName, protocol);

        assertThat(key).hasToString(text);
        assertThat(key.describe()).isEqualTo(described);
    }

    @Test
    void the_key_of_a_scheme_without_services_is_the_target_without_its_query() {
        ServiceKey key = ServiceKey.of(Target.parse("static:///10.0.0.7:8080?policy=rr"));

        assertThat(key).isEqualTo(ServiceKey.of(Target.parse("static:///10.0.0.7:8080")));
        assertThat(key).isEqualTo(new ServiceKey("static", "", "static:///10.0.0.7:8080", "", Protocol.TCP));
        assertThat(key).hasToString("static:///10.0.0.7:8080");
        assertThat(key.describe()).isEqualTo("static:///10.0.0.7:8080");
    }

    @Test
    void a_request_says_its_key_and_what_it_has_tried() {
        PickContext context = PickContext.NONE.withKey("customer-42").withTried(A);

        assertThat(PickContext.NONE.key()).isNull();
        assertThat(PickContext.NONE.attempts()).isZero();
        assertThat(PickContext.NONE.hasTried(A)).isFalse();
        assertThat(context.key()).isEqualTo("customer-42");
        assertThat(context.attempts()).isEqualTo(1);
        assertThat(context.hasTried(A)).isTrue();
        assertThat(context.hasTried(B)).isFalse();
        assertThat(context.withTried(B).withKey("other").attempts()).isEqualTo(2);
    }

    @Test
    void an_endpoint_is_tried_by_its_identity_and_counts_once() {
        PickContext context = PickContext.NONE.withTried(A);

        assertThat(context.withTried(A.withWeight(3))).isSameAs(context);
        assertThat(context.hasTried(A.withUsability(new Usability.Draining("C-4"))))
                .isTrue();
        assertThat(context.hasTried(A.withId("new pod:80")))
                .as("a new pod under a reused address")
                .isFalse();
    }

    @Test
    void the_key_of_a_request_is_not_printed_because_it_may_be_a_secret() {
        assertThat(PickContext.NONE).hasToString("PickContext[no key, tried=[]]");
        assertThat(PickContext.NONE.withKey("session=s3cret").withTried(A))
                .hasToString("PickContext[a key, tried=[10.0.0.1:80]]");
    }

    @ParameterizedTest
    @EnumSource
    void only_a_source_that_cannot_be_asked_leaves_a_known_set_in_place(Reason reason) {
        assertThat(reason.replacesKnownSet()).isEqualTo(reason != Reason.NOT_SYNCED && reason != Reason.FORBIDDEN);
    }

    @ParameterizedTest
    @EnumSource
    void only_a_limit_and_the_end_are_drops(Reason reason) {
        assertThat(reason.isDrop()).isEqualTo(reason == Reason.LIMITED || reason == Reason.CLOSED);
    }

    @Test
    void the_reasons_are_those_of_the_design() {
        assertThat(Reason.values())
                .extracting(Enum::name)
                .containsExactly(
                        "NOT_SYNCED",
                        "FORBIDDEN",
                        "NOT_FOUND",
                        "NO_SUCH_PORT",
                        "AMBIGUOUS_PORT",
                        "UNREACHABLE",
                        "BAD_ALIAS",
                        "NO_ENDPOINTS",
                        "NO_LOCAL_ENDPOINTS",
                        "ALL_EJECTED",
                        "POLICY_FAILED",
                        "LIMITED",
                        "CLOSED");
    }

    @Test
    void a_rejection_says_what_the_resolver_said() {
        Unresolved unresolved = new Unresolved(Reason.NOT_FOUND, "orders in namespace shop: there is no such service");
        Rejection rejection = Rejection.of(unresolved);

        assertThat(unresolved).hasToString("NOT_FOUND: orders in namespace shop: there is no such service");
        assertThat(rejection).isEqualTo(new Rejection(unresolved.reason(), unresolved.text()));
        assertThat(rejection).hasToString(unresolved.toString());
        assertThat(new RejectedException(rejection)).hasMessage(unresolved.toString());
    }

    @Test
    void an_exception_still_knows_its_rejection_after_serialization() throws Exception {
        Rejection rejection = new Rejection(Reason.CLOSED, "closed");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new RejectedException(rejection));
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((RejectedException) in.readObject()).rejection()).isEqualTo(rejection);
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, TCP", "UDP, UDP", "Sctp, SCTP"})
    void a_protocol_is_found_by_name_in_any_case(String name, Protocol protocol) {
        assertThat(Protocol.named(name)).hasValue(protocol);
        assertThat(Protocol.named(protocol.lowerCase())).hasValue(protocol);
    }

    @ParameterizedTest
    @CsvSource({"''", "' tcp'", "http", "\u017Fctp"})
    void a_protocol_of_another_name_is_none(String name) {
        assertThat(Protocol.named(name)).isEmpty();
    }

    @Test
    void no_picker_is_made_from_nothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PickerFactory.Input(List.of(), new java.util.Random(1), NanoClock.system(), null))
                .withMessage("endpoints: none (expected: at least one; an empty set has no picker)");
    }

    @Test
    void the_input_of_a_picker_is_a_copy() {
        List<EndpointView> views = new ArrayList<>(List.of(new View(A)));
        PickerFactory.Input input = new PickerFactory.Input(views, new java.util.Random(1), NanoClock.system(), null);
        views.clear();

        assertThat(input.endpoints()).containsExactly(new View(A));
        assertThatThrownBy(() -> input.endpoints().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    /** A handle that never begins. */
    private record View(Endpoint endpoint) implements EndpointView {
        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public double latencyNanos() {
            return Double.NaN;
        }

        @Override
        public double weight() {
            return endpoint.weight();
        }

        @Override
        public Lease begin() {
            throw new AssertionError("begun");
        }
    }

    @Test
    void an_answer_is_what_the_endpoint_did_or_what_it_said_of_the_request() {
        assertThat(List.of(Outcome.SUCCESS, Outcome.CLIENT_ERROR)).allMatch(Outcome::isAnswer);
        assertThat(List.of(
                        Outcome.TIMEOUT,
                        Outcome.CANCELLED,
                        Outcome.OVERLOADED,
                        Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT)))
                .noneMatch(Outcome::isAnswer);
    }
}
