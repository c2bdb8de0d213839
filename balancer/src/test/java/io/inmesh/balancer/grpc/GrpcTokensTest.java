package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.inmesh.api.Sessions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Strong sessions whose token travels in metadata, as gRFC A55 has it. */
class GrpcTokensTest {
    private static final String STRONG = GrpcDoor.ORDERS + "?policy=round-robin&affinity.mode=strong&affinity.token=";

    private static final Metadata.Key<String> HEADER = key("x-session");
    private static final Metadata.Key<String> COOKIE = key("cookie");
    private static final Metadata.Key<String> SET_COOKIE = key("set-cookie");

    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** What came back with a call, as headers, or as trailers where those are all. */
    private record Answer(@Nullable Metadata headers, Metadata trailers) {
        @Nullable
        String get(Metadata.Key<String> key) {
            return headers == null ? trailers.get(key) : headers.get(key);
        }
    }

    private static Answer call(Channel channel, Metadata request) {
        AtomicReference<@Nullable Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>(new Metadata());
        Channel capturing = ClientInterceptors.intercept(
                channel,
                MetadataUtils.newAttachHeadersInterceptor(request),
                MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
        try {
            ClientCalls.blockingUnaryCall(capturing, TestBackend.IDEMPOTENT, CallOptions.DEFAULT, "hello");
        } catch (StatusRuntimeException refused) {
            Assertions.assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        return new Answer(headers.get(), Objects.requireNonNull(trailers.get(), "trailers"));
    }

    private static Metadata of(Metadata.Key<String> key, String value) {
        Metadata metadata = new Metadata();
        metadata.put(key, value);
        return metadata;
    }

    private static TestBackend home(List<TestBackend> backends, @Nullable String token) {
        return backends.stream()
                .filter(each -> Sessions.tokenOf(each.endpoint()).equals(token))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_first_answer_brings_a_token_in_a_header_that_leads_back() throws Exception {
        List<TestBackend> backends = door.backends(4);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG + "header:x-session");

        String token = call(channel, new Metadata()).get(HEADER);
        TestBackend home = home(backends, token);
        for (int i = 0; i < 10; i++) {
            assertThat(call(channel, of(HEADER, String.valueOf(token))).get(HEADER))
                    .as("nothing new to tell")
                    .isNull();
        }
        assertThat(home.calls()).isEqualTo(11);

        String other = call(channel, of(HEADER, "nobody's")).get(HEADER);
        assertThat(home(backends, other)).isNotNull();
    }

    @Test
    void a_cookie_is_set_and_read_among_others() throws Exception {
        List<TestBackend> backends = door.backends(4);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG + "cookie:sid");

        String set = String.valueOf(call(channel, of(COOKIE, "theme=dark")).get(SET_COOKIE));
        assertThat(set).matches("sid=[0-9a-f]{20}; Path=/; HttpOnly");
        String token = set.substring("sid=".length(), set.indexOf(';'));
        TestBackend home = home(backends, token);
        for (int i = 0; i < 10; i++) {
            assertThat(call(channel, of(COOKIE, "theme=dark; sid=" + token)).get(SET_COOKIE))
                    .isNull();
        }
        assertThat(home.calls()).isEqualTo(11);
    }

    @Test
    void a_session_of_the_program_comes_before_what_metadata_say() throws Exception {
        List<TestBackend> backends = door.backends(4);
        door.publish(backends);
        ManagedChannel channel = door.channel(STRONG + "header:x-session");
        CallSession session = new CallSession();
        CallOptions options = CallOptions.DEFAULT.withOption(MeshChannels.SESSION, session);
        GrpcDoor.call(channel, TestBackend.UNSAFE, options);
        TestBackend home = home(backends, session.token());
        TestBackend other = backends.get(backends.get(0) == home ? 1 : 0);
        Channel misled = ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(of(HEADER, Sessions.tokenOf(other.endpoint()))));

        ClientCalls.blockingUnaryCall(misled, TestBackend.UNSAFE, options, "hello");

        assertThat(home.calls()).isEqualTo(2);
    }

    @Test
    void an_error_without_headers_brings_the_token_in_its_trailers() throws Exception {
        TestBackend refusing = door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.INVALID_ARGUMENT.asRuntimeException())));
        door.publish(List.of(refusing));
        ManagedChannel channel = door.channel(STRONG + "header:x-session");

        assertThat(call(channel, new Metadata()).get(HEADER)).isEqualTo(Sessions.tokenOf(refusing.endpoint()));
    }

    @Test
    void a_repeat_elsewhere_does_not_move_a_session_whose_endpoint_is_there() throws Exception {
        TestBackend failing = door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.UNAVAILABLE.asRuntimeException())));
        TestBackend good = door.backend();
        door.publish(List.of(failing, good));
        ManagedChannel channel = door.channel(STRONG + "header:x-session");
        GrpcDoor.call(channel, TestBackend.IDEMPOTENT);

        Answer answer = call(channel, of(HEADER, Sessions.tokenOf(failing.endpoint())));

        assertThat(failing.calls()).isPositive();
        assertThat(answer.get(HEADER)).isNull();
    }

    @Test
    void without_the_setting_nothing_is_written() throws Exception {
        door.publish(door.backends(2));
        Answer answer =
                call(door.channel(GrpcDoor.ORDERS + "?policy=round-robin&affinity.mode=strong"), new Metadata());

        assertThat(answer.get(SET_COOKIE)).isNull();
        assertThat(answer.get(HEADER)).isNull();
    }
}
