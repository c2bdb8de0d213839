package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.Unresolved;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.StreamingLists;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What the resolver makes of the raw answers that a real API server once gave to requests that go wrong, and to unusual ones. */
@EnabledIf(value = "recorded", disabledReason = "the recordings given have no 'errors' with answers.json")
class RecordingAnswersTest {
    private static final String FILE = "answers.json";
    private static final List<String> BOTH = List.of("10.244.1.10:8080", "10.244.2.10:8080");

    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Scheduler scheduler = Scheduler.system("recorded-answers");
    private final Told told = new Told();
    private final Recording recording = Recordings.named("errors");
    private final JsonNode answers =
            new ObjectMapper().readTree(Recordings.files("errors").get(FILE));
    private final KubernetesResolverProvider provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
            .withMasterUrl(api.url())
            .withNamespace(recording.namespace())
            .withNetwork(KubernetesConfig.Network.INSIDE));
    private final Resolver resolver =
            provider.newResolver(provider.parse("a:http"), new Context(NanoClock.system(), scheduler));

    RecordingAnswersTest() throws IOException {}

    static boolean recorded() throws IOException {
        return Recordings.has("errors") && Recordings.files("errors").containsKey(FILE);
    }

    @BeforeEach
    void load() {
        recording.load(api);
    }

    @AfterEach
    void close() {
        resolver.close();
        provider.close();
        scheduler.close();
        api.close();
    }

    private Fault answer(String title) {
        JsonNode answer = answers.path(title);
        assertThat(answer.isObject()).as("an answer recorded as '%s'", title).isTrue();
        Map<String, String> headers = new LinkedHashMap<>();
        answer.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        List<String> lines = Recording.elements(answer.path("lines")).stream()
                .map(JsonNode::asText)
                .toList();
        return Fault.recorded(answer.path("status").asInt(), headers, lines);
    }

    private void sync() {
        resolver.start(told);
        Awaitility.await().until(() -> told.usable().equals(BOTH));
        Awaitility.await().until(() -> api.watches().count() == 2);
        told.forget();
        api.forgetRequests();
    }

    private static boolean isSliceWatch(ApiRequest request) {
        return request.is("watch", ResourceType.ENDPOINT_SLICES);
    }

    private List<ApiRequest> sliceLists() {
        return api.requests(request -> request.is("list", ResourceType.ENDPOINT_SLICES));
    }

    private Unresolved trouble(Reason reason) {
        Awaitility.await().until(() -> told.heardOf(reason));
        return told.unresolved().stream()
                .filter(each -> each.reason() == reason)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_watch_from_a_version_too_old_is_followed_by_a_new_list_and_loses_nothing() { // W-5
        api.streamingLists(StreamingLists.REFUSED);
        sync();
        api.faults().next(1, RecordingAnswersTest::isSliceWatch, answer("watch from a version that is too old"));
        api.watches().cut(RecordingAnswersTest::isSliceWatch);
        Awaitility.await().until(() -> sliceLists().size() == 1);
        Awaitility.await().until(() -> api.watches().count() == 2);
        assertThat(told.messages()).isEmpty();
        assertThat(told.usable()).isEqualTo(BOTH);
    }

    @Test
    void a_list_refused_for_a_future_version_is_asked_for_again_without_one() { // W-6
        api.streamingLists(StreamingLists.REFUSED);
        sync();
        api.faults()
                .next(
                        1,
                        request -> request.is("list", ResourceType.ENDPOINT_SLICES)
                                && request.parameter("resourceVersion") != null,
                        answer("list not older than a future version"));
        api.watches().fail(RecordingAnswersTest::isSliceWatch, Fault.status(410));
        Awaitility.await()
                .until(() -> api.watches().count() == 2 && sliceLists().size() == 2);
        assertThat(sliceLists().get(0).parameter("resourceVersion")).isNotNull();
        assertThat(Objects.requireNonNullElse(sliceLists().get(1).parameter("resourceVersion"), ""))
                .isEmpty();
        assertThat(told.usable()).isEqualTo(BOTH);
        assertThat(told.sets()).allMatch(set -> Told.usable(set).equals(BOTH));
    }

    @Test
    void nobody_is_forbidden_and_told_the_role() { // R-6; anonymous requests are answered 403, not 401
        for (String title : List.of("no token", "forbidden")) {
            api.faults().clear();
            api.faults().always(request -> request.isFor(ResourceType.ENDPOINT_SLICES), answer(title));
            api.faults().always(request -> request.isFor(ResourceType.ENDPOINTS), answer(title));
            Told heard = new Told();
            try (Resolver other = provider.newResolver(
                    provider.parse("a." + recording.namespace()), new Context(NanoClock.system(), scheduler))) {
                other.start(heard);
                Awaitility.await(title).until(() -> heard.heardOf(Reason.FORBIDDEN));
                assertThat(heard.unresolved().get(0).text())
                        .contains("endpointslices.discovery.k8s.io is forbidden: User \\\"".replace("\\", ""))
                        .contains("kind: Role")
                        .contains("resources: [endpointslices], verbs: [list, watch]");
                assertThat(heard.fact()).isNull();
            }
        }
    }

    @Test
    void a_wrong_token_is_told_and_is_no_verdict() { // W-10
        api.faults().always(ApiRequest::any, answer("wrong token"));
        resolver.start(told);
        assertThat(trouble(Reason.NOT_SYNCED).text()).contains("(401 saying 'Unauthorized')");
        assertThat(told.fact()).isNull();
        api.faults().clear();
        Awaitility.await().until(() -> told.usable().equals(BOTH));
    }

    @Test
    void a_server_without_slices_nor_Endpoints_is_told_as_such() { // E-2, W-10
        api.withdraw(ResourceType.ENDPOINTS);
        api.faults().always(request -> request.isFor(ResourceType.ENDPOINT_SLICES), answer("unknown group version"));
        resolver.start(told);
        assertThat(trouble(Reason.NOT_SYNCED).text()).contains("(404");
        assertThat(told.fact()).isNull();
    }

    @Test
    void an_unknown_namespace_is_an_empty_list_and_so_is_what_it_holds() { // S-9, A-14
        api.streamingLists(StreamingLists.REFUSED);
        api.faults().next(1, request -> request.is("list", ResourceType.ENDPOINT_SLICES), answer("unknown namespace"));
        resolver.start(told);
        Awaitility.await().until(() -> told.reason() == null && !told.sets().isEmpty());
        assertThat(told.sets().get(0).endpoints()).isEmpty();
        assertThat(Objects.requireNonNull(told.sets().get(0).nothingUsable()).reason())
                .isEqualTo(Reason.NO_ENDPOINTS);
    }

    @Test
    void a_watch_answered_with_everything_there_is_changes_nothing_and_goes_on_behind_it() { // W-2, W-8, A-13
        api.streamingLists(StreamingLists.REFUSED);
        sync();
        api.faults().next(1, RecordingAnswersTest::isSliceWatch, answer("versionless watch"));
        api.watches().cut(RecordingAnswersTest::isSliceWatch);
        Awaitility.await()
                .until(() -> api.requests(RecordingAnswersTest::isSliceWatch).size() == 2);
        assertThat(api.requests(RecordingAnswersTest::isSliceWatch).get(1).parameter("resourceVersion"))
                .isEqualTo("1782");
        assertThat(told.messages()).isEmpty();
        assertThat(sliceLists()).isEmpty();
    }

    @Test
    void a_watch_that_ends_at_its_timeout_is_resumed_from_the_last_bookmark() { // W-3, W-4
        api.streamingLists(StreamingLists.REFUSED);
        sync();
        api.faults().next(1, RecordingAnswersTest::isSliceWatch, answer("watch with bookmarks until its timeout"));
        api.watches().cut(RecordingAnswersTest::isSliceWatch);
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> api.requests(RecordingAnswersTest::isSliceWatch).size() == 2);
        assertThat(api.requests(RecordingAnswersTest::isSliceWatch).get(1).parameter("resourceVersion"))
                .isEqualTo("1785");
        assertThat(told.messages()).isEmpty();
        assertThat(sliceLists()).isEmpty();
    }
}
