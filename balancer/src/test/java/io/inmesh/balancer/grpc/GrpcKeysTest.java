package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a call's key is, for policies that follow keys. */
class GrpcKeysTest {
    private static final String BY_KEY = GrpcDoor.ORDERS + "?policy=destination-hash";

    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    private static Channel with(Channel channel, String header, String value) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /** Calls so often, and tells which backends got a call. */
    private static Set<TestBackend> served(List<TestBackend> backends, int times, Runnable call) {
        Set<TestBackend> served = new HashSet<>();
        for (int i = 0; i < times; i++) {
            int[] before = backends.stream().mapToInt(TestBackend::calls).toArray();
            call.run();
            for (int j = 0; j < before.length; j++) {
                if (backends.get(j).calls() > before[j]) {
                    served.add(backends.get(j));
                }
            }
        }
        return served;
    }

    private static Runnable unary(Channel channel, CallOptions options) {
        return () -> ClientCalls.blockingUnaryCall(channel, TestBackend.UNSAFE, options, "hello");
    }

    private record GetOrder(String id, String customer) {}

    /** The example of the documentation. */
    static Channel byCustomer(Channel channel) {
        Channel byCustomer =
                ClientInterceptors.intercept(channel, MeshChannels.keyFrom(GetOrder.class, GetOrder::customer));
        return byCustomer;
    }

    private List<TestBackend> five() throws Exception {
        List<TestBackend> backends = door.backends(5);
        door.publish(backends);
        return backends;
    }

    @Test
    void a_key_from_code_keeps_calls_together_and_calls_without_one_go_anywhere() throws Exception {
        List<TestBackend> backends = five();
        ManagedChannel channel = door.channel(BY_KEY);
        unary(channel, CallOptions.DEFAULT).run(); // All connections are there.

        CallOptions ann = CallOptions.DEFAULT.withOption(MeshChannels.KEY, "ann");
        assertThat(served(backends, 20, unary(channel, ann))).hasSize(1);
        // 60 draws of one of five: all alike once in 5^59.
        assertThat(served(backends, 60, unary(channel, CallOptions.DEFAULT))).hasSizeGreaterThan(1);
    }

    @Test
    void under_dh_calls_of_one_method_keep_together_unless_a_key_is_given() throws Exception {
        List<TestBackend> backends = five();
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=dh");
        unary(channel, CallOptions.DEFAULT).run();
        // Without a key each would be drawn: all alike once in 5^29.
        assertThat(served(backends, 30, unary(channel, CallOptions.DEFAULT))).hasSize(1);
        int[] key = {0};
        assertThat(served(backends, 60, () -> unary(
                                channel, CallOptions.DEFAULT.withOption(MeshChannels.KEY, "key-" + key[0]++))
                        .run()))
                .hasSizeGreaterThan(1);
    }

    @Test
    void a_key_is_found_in_metadata_where_the_settings_say_so() throws Exception {
        List<TestBackend> backends = five();
        ManagedChannel channel = door.channel(BY_KEY + "&key.from=header:x-user,cookie:sid");
        unary(channel, CallOptions.DEFAULT).run();

        Set<TestBackend> ofAnn = served(backends, 10, unary(with(channel, "x-user", "ann"), CallOptions.DEFAULT));
        assertThat(ofAnn).hasSize(1);
        assertThat(served(backends, 10, unary(with(channel, "cookie", "a=b; sid=ann"), CallOptions.DEFAULT)))
                .isEqualTo(ofAnn);
        CallOptions ann = CallOptions.DEFAULT.withOption(MeshChannels.KEY, "ann");
        assertThat(served(backends, 10, unary(with(channel, "x-user", "somebody else"), ann)))
                .as("what the program says comes first")
                .isEqualTo(ofAnn);
        Set<TestBackend> ofAll = new HashSet<>();
        for (int user = 0; user < 40; user++) {
            ofAll.addAll(served(backends, 1, unary(with(channel, "x-user", "user-" + user), CallOptions.DEFAULT)));
        }
        assertThat(ofAll).hasSizeGreaterThan(2);
    }

    @Test
    void the_method_is_a_key_like_any_other() throws Exception {
        List<TestBackend> backends = five();
        ManagedChannel channel = door.channel(BY_KEY + "&key.from=method");
        unary(channel, CallOptions.DEFAULT).run();

        assertThat(served(backends, 20, unary(channel, CallOptions.DEFAULT))).hasSize(1);
    }

    @Test
    void a_key_that_names_nothing_fails_when_the_channel_is_built() {
        assertThatThrownBy(() -> door.channel(BY_KEY + "&key.from=user"))
                .hasMessageContaining("key.from: 'user'")
                .hasMessageContaining("header:NAME, cookie:NAME, path, method");
    }

    @Test
    void the_message_of_a_unary_call_gives_its_key() throws Exception {
        List<TestBackend> backends = five();
        ManagedChannel plain = door.channel(BY_KEY);
        Channel channel =
                ClientInterceptors.intercept(plain, MeshChannels.keyFrom(String.class, message -> message + "!"));
        unary(plain, CallOptions.DEFAULT).run();

        CallOptions hello = CallOptions.DEFAULT.withOption(MeshChannels.KEY, "hello!");
        Set<TestBackend> ofHello = served(backends, 1, unary(plain, hello));
        assertThat(served(backends, 20, unary(channel, CallOptions.DEFAULT))).isEqualTo(ofHello);
        assertThat(served(backends, 20, () -> assertThat(ClientCalls.blockingServerStreamingCall(
                                channel, TestBackend.STREAM, CallOptions.DEFAULT, "hello"))
                        .toIterable()
                        .containsExactly("hello")))
                .isEqualTo(ofHello);
    }

    @Test
    void calls_of_other_messages_and_conversations_are_left_as_they_are() throws Exception {
        List<TestBackend> backends = five();
        Channel channel = ClientInterceptors.intercept(
                door.channel(BY_KEY), MeshChannels.keyFrom(Integer.class, Object::toString));
        unary(channel, CallOptions.DEFAULT).run();

        assertThat(served(backends, 60, unary(channel, CallOptions.DEFAULT))).hasSizeGreaterThan(1);
        ClientCall<String, String> call = channel.newCall(TestBackend.CONVERSATION, CallOptions.DEFAULT);
        CompletableFuture<Status> end = Calls.begin(call);
        assertThat(end.get(30, TimeUnit.SECONDS).isOk()).isTrue();
    }

    @Test
    void a_call_taken_back_before_its_message_never_begins_and_a_key_that_fails_fails_the_call() throws Exception {
        List<TestBackend> backends = five();
        ManagedChannel plain = door.channel(BY_KEY);
        Channel channel = ClientInterceptors.intercept(plain, MeshChannels.keyFrom(String.class, message -> {
            throw new IllegalArgumentException("no customer in " + message);
        }));

        assertThatThrownBy(unary(channel, CallOptions.DEFAULT)::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no customer in hello");
        ClientCall<String, String> call = channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(1);
        call.cancel("enough", null);
        call.cancel("twice", null);
        call.sendMessage("hello");
        call.halfClose();
        assertThat(end.get(30, TimeUnit.SECONDS))
                .returns(Status.Code.CANCELLED, Status::getCode)
                .returns("enough", Status::getDescription);
        assertThat(backends).allSatisfy(backend -> assertThat(backend.calls()).isZero());
    }

    @Test
    void a_deadline_holds_though_the_call_begins_with_its_message() throws Exception {
        TestBackend silent = door.closedAtEnd(TestBackend.start((request, answer) -> {}));
        door.publish(List.of(silent));
        Channel channel = ClientInterceptors.intercept(
                door.channel(BY_KEY), MeshChannels.keyFrom(String.class, message -> message));

        assertThatThrownBy(unary(channel, CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS))::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        error -> assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }
}
