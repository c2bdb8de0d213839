package io.inmesh.resolver.scripted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.resolver.testing.ScriptedApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Talks to the server as any HTTP client would, with nothing of ours in between. */
final class RawClient {
    static final String SERVICES = "/api/v1/namespaces/shop/services";
    static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI server;

    RawClient(ScriptedApiServer server) {
        this(server.url());
    }

    RawClient(URI server) {
        this.server = server;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The whole answer; an answer without end is a failure, not a test that never ends. */
    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        try {
            return client.sendAsync(request(path, headers), HttpResponse.BodyHandlers.ofString())
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw new IllegalStateException(path, e);
        } catch (TimeoutException e) {
            throw new AssertionError(path + ": no complete answer within " + PATIENCE, e);
        }
    }

    JsonNode list(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    Watch watch(String path, String... headers) throws IOException, InterruptedException {
        return new Watch(client.send(request(path, headers), HttpResponse.BodyHandlers.ofInputStream()));
    }

    private HttpRequest request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.timeout(PATIENCE).build();
    }

    /** A watch that is read on a thread of its own. */
    static final class Watch implements AutoCloseable {
        private static final String END = "end";
        private static final String BROKEN = "broken";

        private final HttpResponse<InputStream> response;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        Watch(HttpResponse<InputStream> response) {
            this.response = response;
            Thread reader = new Thread(this::read, "raw-watch");
            reader.setDaemon(true);
            reader.start();
        }

        int status() {
            return response.statusCode();
        }

        private void read() {
            StringBuilder line = new StringBuilder();
            try (Reader reader = new InputStreamReader(response.body(), StandardCharsets.UTF_8)) {
                for (int c = reader.read(); c >= 0; c = reader.read()) {
                    if (c == '\n') {
                        lines.add(line.toString());
                        line.setLength(0);
                    } else {
                        line.append((char) c);
                    }
                }
                lines.add(END);
            } catch (IOException e) {
                if (line.length() > 0) {
                    lines.add(line.toString());
                }
                lines.add(BROKEN);
            }
        }

        /** The next line, or null after a while without one. */
        @Nullable
        String line(Duration patience) throws InterruptedException {
            return lines.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        }

        private String lineSoon() throws InterruptedException {
            String line = line(PATIENCE);
            if (line == null) {
                throw new AssertionError("no line within " + PATIENCE);
            }
            return line;
        }

        /** The next event. */
        JsonNode event() throws InterruptedException, IOException {
            return JSON.readTree(lineSoon());
        }

        /** Type and name of the next event, or how the watch ended: {@code end}, {@code broken}, before that {@code cut line}. */
        String next() throws InterruptedException {
            String line = lineSoon();
            if (line.equals(END) || line.equals(BROKEN)) {
                return line;
            }
            try {
                JsonNode event = JSON.readTree(line);
                JsonNode metadata = event.at("/object/metadata");
                String name = metadata.path("name").asText();
                String type = event.path("type").asText();
                if (type.equals("ERROR")) {
                    return "ERROR " + event.at("/object/code").asText();
                }
                return name.isEmpty() ? type : type + " " + name;
            } catch (IOException e) {
                return "cut line";
            }
        }

        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close the watch", e);
            }
        }
    }
}
