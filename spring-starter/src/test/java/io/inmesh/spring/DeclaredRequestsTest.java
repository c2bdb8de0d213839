package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Sessions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** What requests say of themselves, by headers, cookies and attributes: keys, sessions, and that they may be repeated. */
class DeclaredRequestsTest extends OrdersFixture {
    private static final String URL = "http://orders.shop/list";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Clients that take headers and attributes with a request. */
    enum Sender {
        REST_CLIENT {
            @Override
            ResponseEntity<String> send(
                    ApplicationContext started,
                    HttpMethod method,
                    HttpHeaders headers,
                    Map<String, Object> attributes) {
                RestClient client = started.getBean(RestClient.Builder.class).build();
                return client.method(method)
                        .uri(URL)
                        .headers(own -> own.putAll(headers))
                        .attributes(own -> own.putAll(attributes))
                        .retrieve()
                        .toEntity(String.class);
            }
        },
        REST_TEMPLATE {
            @Override
            ResponseEntity<String> send(
                    ApplicationContext started,
                    HttpMethod method,
                    HttpHeaders headers,
                    Map<String, Object> attributes) {
                RestTemplate template = started.getBean(RestTemplateBuilder.class)
                        .additionalInterceptors((request, body, execution) -> {
                            request.getAttributes().putAll(attributes);
                            return execution.execute(request, body);
                        })
                        .build();
                return template.exchange(URL, method, new HttpEntity<>(headers), String.class);
            }
        },
        WEB_CLIENT {
            @Override
            ResponseEntity<String> send(
                    ApplicationContext started,
                    HttpMethod method,
                    HttpHeaders headers,
                    Map<String, Object> attributes) {
                WebClient client = started.getBean(WebClient.Builder.class).build();
                ResponseEntity<String> answer = client.method(method)
                        .uri(URL)
                        .headers(own -> own.putAll(headers))
                        .attributes(own -> own.putAll(attributes))
                        .httpRequest(librarys(request -> {}))
                        .retrieve()
                        .toEntity(String.class)
                        .block(LIMIT);
                return Objects.requireNonNull(answer);
            }
        };

        abstract ResponseEntity<String> send(
                ApplicationContext started, HttpMethod method, HttpHeaders headers, Map<String, Object> attributes);

        /** As Spring documents it for what only the library's own request can be told. */
        private static Consumer<ClientHttpRequest> librarys(Consumer<Object> told) {
            return request -> told.accept(Objects.requireNonNull(request.<Object>getNativeRequest()));
        }
    }

    private static HttpHeaders header(String name, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(name, value);
        return headers;
    }

    private static String body(ResponseEntity<String> answer) {
        return Objects.requireNonNull(answer.getBody());
    }

    @ParameterizedTest
    @EnumSource
    void a_header_or_a_cookie_is_the_key_that_the_policy_follows(Sender sender) {
        ordersAre(pod(), pod(), pod());
        Contexts.withWebClient(context)
                .withPropertyValues(
                        "inmesh.services.orders.shop.policy=destination-hash",
                        "inmesh.services.orders.shop.key.from=header:x-user, cookie:sid")
                .run(started -> {
                    Set<String> used = new TreeSet<>();
                    for (int user = 0; user < 12; user++) {
                        HttpHeaders[] says = {header("X-User", "u" + user), header("Cookie", "theme=dark; sid=u" + user)
                        };
                        Set<String> pods = new TreeSet<>();
                        for (HttpHeaders headers : says) {
                            for (int i = 0; i < 3; i++) {
                                pods.add(body(sender.send(started, HttpMethod.GET, headers, Map.of())));
                            }
                        }
                        assertThat(pods).as("pods of user %d", user).hasSize(1);
                        used.addAll(pods);
                    }
                    assertThat(used).containsExactly("pod-11", "pod-12", "pod-13");
                });
    }

    @ParameterizedTest
    @EnumSource
    void a_key_from_code_comes_before_that_of_the_settings(Sender sender) {
        ordersAre(pod(), pod(), pod());
        Contexts.withWebClient(context)
                .withPropertyValues(
                        "inmesh.services.orders.shop.policy=destination-hash",
                        "inmesh.services.orders.shop.key.from=header:x-user")
                .run(started -> {
                    Set<String> pods = new TreeSet<>();
                    for (int i = 0; i < 12; i++) {
                        pods.add(body(sender.send(
                                started, HttpMethod.GET, header("X-User", "u" + i), Map.of(MeshRequests.KEY, "all"))));
                    }
                    assertThat(pods).hasSize(1);
                    assertThatThrownBy(() -> sender.send(
                                    started, HttpMethod.GET, new HttpHeaders(), Map.of(MeshRequests.KEY, 7)))
                            .hasStackTraceContaining(
                                    "request attribute io.inmesh.key: a java.lang.Integer (expected: a String)");
                });
    }

    @ParameterizedTest
    @EnumSource
    void a_post_is_repeated_on_another_pod_if_the_caller_says_that_it_may_be(Sender sender) {
        Pod bad = pod().answering(Pod.breakingOff());
        Pod good = pod();
        ordersAre(bad, good);
        Contexts.withWebClient(context).run(started -> {
            for (int i = 0; i < 4; i++) {
                assertThat(body(sender.send(
                                started, HttpMethod.POST, new HttpHeaders(), Map.of(MeshRequests.IDEMPOTENT, true))))
                        .isEqualTo(good.name());
            }
            assertThat(bad.seen()).isNotEmpty();
            assertNotRepeated(bad, () -> sender.send(started, HttpMethod.POST, new HttpHeaders(), Map.of()));
            assertNotRepeated(
                    bad,
                    () -> sender.send(
                            started, HttpMethod.GET, new HttpHeaders(), Map.of(MeshRequests.IDEMPOTENT, false)));
        });
    }

    /** Sends until that pod was met: whoever meets it fails. */
    private static void assertNotRepeated(Pod bad, Runnable sending) {
        int before = bad.seen().size();
        int failed = 0;
        for (int i = 0; i < 100 && failed == 0; i++) {
            try {
                sending.run();
            } catch (RuntimeException e) {
                failed++;
            }
            assertThat(bad.seen().size() - before)
                    .as("requests that met the bad pod")
                    .isEqualTo(failed);
        }
        assertThat(failed).isEqualTo(1);
    }

    @Test
    void a_session_s_cookie_is_among_the_cookies_of_a_WebClient_s_answer() {
        Pod pod = pod();
        ordersAre(pod);
        Contexts.withWebClient(context)
                .withPropertyValues(
                        "inmesh.services.orders.shop.affinity.mode=strong",
                        "inmesh.services.orders.shop.affinity.token=cookie:SESSION")
                .run(started -> {
                    MultiValueMap<String, ResponseCookie> cookies = started.getBean(WebClient.Builder.class)
                            .build()
                            .get()
                            .uri(URL)
                            .exchangeToMono(answer -> answer.releaseBody().thenReturn(answer.cookies()))
                            .block(LIMIT);
                    ResponseCookie session = Objects.requireNonNull(cookies).getFirst("SESSION");
                    assertThat(session)
                            .isEqualTo(ResponseCookie.from("SESSION", Sessions.tokenOf(pod.endpoint()))
                                    .path("/")
                                    .httpOnly(true)
                                    .build());
                });
    }

    @ParameterizedTest
    @EnumSource
    void a_session_stays_where_its_header_says_and_learns_of_a_new_place_by_it(Sender sender) {
        Pod[] pods = {pod(), pod(), pod()};
        ordersAre(pods);
        Contexts.withWebClient(context)
                .withPropertyValues(
                        "inmesh.services.orders.shop.affinity.mode=strong",
                        "inmesh.services.orders.shop.affinity.token=header:x-session")
                .run(started -> {
                    ResponseEntity<String> first = sender.send(started, HttpMethod.GET, new HttpHeaders(), Map.of());
                    String token = Objects.requireNonNull(first.getHeaders().getFirst("x-session"));
                    Map<String, String> tokens = new HashMap<>();
                    for (Pod pod : pods) {
                        tokens.put(pod.name(), Sessions.tokenOf(pod.endpoint()));
                    }
                    assertThat(token).isEqualTo(tokens.get(body(first)));
                    for (int i = 0; i < 6; i++) {
                        ResponseEntity<String> next =
                                sender.send(started, HttpMethod.GET, header("x-session", token), Map.of());
                        assertThat(body(next)).isEqualTo(body(first));
                        assertThat(next.getHeaders().containsHeader("x-session"))
                                .as("told what it knows")
                                .isFalse();
                    }
                    ResponseEntity<String> lost =
                            sender.send(started, HttpMethod.GET, header("x-session", "nobody"), Map.of());
                    assertThat(lost.getHeaders().getFirst("x-session")).isEqualTo(tokens.get(body(lost)));
                    String other = tokens.get(pods[2].name());
                    assertThat(body(sender.send(
                                    started,
                                    HttpMethod.GET,
                                    header("x-session", token),
                                    Map.of(MeshRequests.SESSION, Objects.requireNonNull(other)))))
                            .as("code comes first")
                            .isEqualTo(pods[2].name());
                });
    }
}
