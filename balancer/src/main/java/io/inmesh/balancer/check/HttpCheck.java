package io.inmesh.balancer.check;

import io.inmesh.api.Endpoint;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Well is who answers GET of a path with a status from 200 to 399, as for the kubelet. The JDK's client asks, over connections that it keeps open
 * between questions; {@code Host} is the endpoint's address, as in the kubelet's questions.
 */
final class HttpCheck implements Check {
    private static final int LEAST_WELL = 200;
    private static final int LEAST_UNWELL = 400;

    private final HttpClient client;
    private final String path;

    /**
     * Asks for that path.
     *
     * @param executor runs what the client does: it looks names up on it, so it must not be what lanes run on
     */
    HttpCheck(String path, Executor executor) {
        this.path = path;
        this.client = HttpClient.newBuilder()
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1) // No h2c upgrade, which some servers refuse.
                .followRedirects(HttpClient.Redirect.NEVER) // The answer of another host says nothing of this one.
                .proxy(HttpClient.Builder.NO_PROXY)
                .build();
    }

    @Override
    public CompletableFuture<Void> ask(Endpoint endpoint) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + endpoint.address() + path))
                .header("User-Agent", "inmesh-check")
                .GET()
                .build();
        CompletableFuture<HttpResponse<Void>> sent = client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        CompletableFuture<Void> answer = new CompletableFuture<>();
        Object unused = sent.whenComplete((response, failure) -> answered(answer, response, failure));
        // Changes nothing if it has been answered.
        Object unusedEither = answer.whenComplete((nothing, failure) -> sent.cancel(true));
        return answer;
    }

    private static void answered(
            CompletableFuture<Void> answer, @Nullable HttpResponse<Void> response, @Nullable Throwable failure) {
        int status = response == null ? 0 : response.statusCode();
        if (failure != null) {
            answer.completeExceptionally(failure);
        } else if (status >= LEAST_WELL && status < LEAST_UNWELL) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(new NotWellException("status " + status));
        }
    }
}
