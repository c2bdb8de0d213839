package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R-2, W-10: a token that is replaced while a request is on its way. */
class ApiCallTest {
    private final Path token;
    private final Path config;
    private final HttpServer server;

    /** As whom requests came. Written by the server's thread, read behind its answer. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** What takes the place of the token as the server hears of the first one, or nothing. */
    private String next = "";

    private String accepted = "";

    ApiCallTest(@TempDir Path dir) throws IOException {
        token = Files.writeString(dir.resolve("token"), "old");
        config = dir.resolve("config");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.createContext("/", exchange -> {
            String from = exchange.getRequestHeaders().getFirst("Authorization");
            seen.add(from);
            if (seen.size() == 1 && !next.isEmpty()) {
                Files.writeString(token, next);
            }
            boolean known = from.equals("Bearer " + accepted);
            byte[] body = (known ? "welcome" : "refused " + seen.size()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Files.writeString(config, """
                current-context: here
                contexts: [{name: here, context: {cluster: near, user: me}}]
                clusters: [{name: near, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: me, user: {tokenFile: token}}]
                """.formatted(server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Answered asked() {
        try (ApiClient api = new ApiClient(new Access.Kubeconfig(List.of(config)))) {
            return Answered.to(api, "/api").awaitEnd();
        }
    }

    @Test
    void is_sent_again_with_the_new_one_and_the_caller_hears_of_that_answer_alone() {
        next = "new";
        accepted = "new";
        Answered answered = asked();
        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.body()).isEqualTo("welcome");
        assertThat(seen).containsExactly("Bearer old", "Bearer new");
    }

    @Test
    void is_sent_once_more_at_most() {
        next = "new";
        accepted = "another";
        Answered answered = asked();
        assertThat(answered.status()).isEqualTo(401);
        assertThat(answered.body()).isEqualTo("refused 2");
        assertThat(seen).containsExactly("Bearer old", "Bearer new");
    }

    @Test
    void is_not_sent_again_as_the_same() {
        accepted = "another";
        assertThat(asked().status()).isEqualTo(401);
        assertThat(seen).containsExactly("Bearer old");
    }

    @Test
    void that_is_empty_now_leaves_the_refusal_as_it_is() {
        next = " ";
        accepted = "another";
        Answered answered = asked();
        assertThat(answered.status()).isEqualTo(401);
        assertThat(answered.body()).isEqualTo("refused 1");
    }
}
