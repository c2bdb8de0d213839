package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIf;

/** The scripted API server answers as the real one did that was recorded: status, headers of interest, and every line but for numbers. */
@EnabledIf(value = "recorded", disabledReason = "the recordings given have no 'errors' with answers.json")
class RecordingAgainstScriptedApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "answers.json";

    static boolean recorded() throws IOException {
        return Recordings.has("errors") && Recordings.files("errors").containsKey(FILE);
    }

    @TestFactory
    Stream<DynamicTest> the_scripted_server_answers_as_the_recorded_one() throws IOException {
        Recording recording = Recordings.named("errors");
        JsonNode answers = JSON.readTree(Recordings.files("errors").get(FILE));
        assertThat(answers).isNotEmpty();
        return answers.properties().stream()
                .map(answer -> DynamicTest.dynamicTest(
                        answer.getKey(), () -> compare(recording, answer.getKey(), answer.getValue())));
    }

    private static void compare(Recording recording, String title, JsonNode recorded) throws Exception {
        try (ScriptedApiServer api = ScriptedApiServer.open()) {
            recording.load(api);
            api.access().requireToken("t0ken");
            if (title.equals("forbidden")) {
                api.access().forbid("list", ResourceType.ENDPOINT_SLICES);
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                    api.url() + recorded.path("request").asText().replace("NAMESPACE", recording.namespace())));
            if (!title.equals("no token")) {
                request.header("Authorization", title.equals("wrong token") ? "Bearer old" : "Bearer t0ken");
            }
            HttpResponse<Stream<String>> answer =
                    HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofLines());
            assertThat(answer.statusCode()).isEqualTo(recorded.path("status").asInt());
            for (Map.Entry<String, JsonNode> header : recorded.path("headers").properties()) {
                assertThat(answer.headers().firstValue(header.getKey()))
                        .as(header.getKey())
                        .contains(header.getValue().asText());
            }
            List<JsonNode> expected = new ArrayList<>();
            for (JsonNode line : recorded.path("lines")) {
                expected.add(reduced(line.asText()));
            }
            List<JsonNode> lines = new ArrayList<>();
            try (Stream<String> body = answer.body()) {
                for (String line : body.limit(expected.size()).toList()) {
                    lines.add(reduced(line));
                }
            }
            assertThat(lines).isEqualTo(expected);
        }
    }

    /** Without what differs from server to server: versions, who asked, who wrote which field, and an empty object's empty fields. */
    private static JsonNode reduced(String line) throws IOException {
        String same = line.replaceAll("\"managedFields\":\\[.*?\\}\\}\\]", "\"managedFields\":[]")
                .replaceAll(",?\"managedFields\":\\[\\]", "")
                .replaceAll("\"resourceVersion\":\"\\d+\"", "\"resourceVersion\":\"N\"")
                .replaceAll("too old resource version: \\d+ \\(\\d+\\)", "too old resource version: N (N)")
                .replaceAll("(Too large resource version: \\d+), current: \\d+", "$1, current: N")
                .replaceAll("User \\\\\"[^\"]*\\\\\"", "User X")
                .replaceAll(",\"addressType\":\"\",\"endpoints\":null,\"ports\":null", "")
                .replaceAll(",\"details\":\\{\\}", "");
        return JSON.readTree(same);
    }
}
