package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pods with a certificate for their service's name: no pod's address is in it, and none is ever asked for. */
class GrpcTlsTest {
    private static final String NAME = "orders.shop.svc.cluster.local";
    private static final String TARGET = "k8s:///" + NAME + ":grpc";
    private static final String PASSWORD = "changeit";

    private final GrpcDoor door = new GrpcDoor();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<TestBackend> backends = new ArrayList<>();

    private KeyStore keys;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        keys = makeKey(directory.resolve("orders.p12"));
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        SslContext tls =
                GrpcSslContexts.configure(SslContextBuilder.forServer(own)).build();
        for (int i = 0; i < 2; i++) {
            backends.add(door.closedAtEnd(TestBackend.start(
                    0,
                    (request, answer) -> {
                        answer.onNext(request);
                        answer.onCompleted();
                    },
                    builder -> builder.sslContext(tls).intercept(new Hearing()))));
        }
        for (String target : List.of(TARGET, "k8s:///stock.shop:grpc")) {
            door.cluster.publish(
                    target, backends.get(0).endpoint(), backends.get(1).endpoint());
        }
    }

    @AfterEach
    void close() {
        door.close();
    }

    /** Notes which name was asked for, in the handshake and in the call. */
    private final class Hearing implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            SSLSession session = Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
            heard.add(call.getAuthority() + " " + ((ExtendedSSLSession) session).getRequestedServerNames());
            return next.startCall(call, headers);
        }
    }

    private static KeyStore makeKey(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "pod",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=pods",
                        "-ext",
                        "san=dns:" + NAME,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** Who trusts that certificate and no other. */
    private ChannelCredentials trusting() throws Exception {
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("pod", keys.getCertificate("pod"));
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(certificates);
        return TlsChannelCredentials.newBuilder()
                .trustManager(trusted.getTrustManagers())
                .build();
    }

    private ManagedChannel channel(Transport transport, String target) throws Exception {
        return door.channel(transport.builder(target, trusting()), builder -> builder);
    }

    @ParameterizedTest
    @EnumSource
    void the_certificate_is_checked_against_the_services_name_on_every_pod(Transport transport) throws Exception {
        ManagedChannel channel = channel(transport, TARGET + "?policy=round-robin");

        for (int i = 0; i < 10; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, CallOptions.DEFAULT.withWaitForReady());
        }

        assertThat(backends).allSatisfy(backend -> assertThat(backend.calls()).isPositive());
        assertThat(heard).hasSize(10).allSatisfy(each -> assertThat(each)
                .isEqualTo(NAME + " [type=host_name (0), value=" + NAME + "]"));
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_for_another_service_is_refused_and_the_text_says_so(Transport transport) throws Exception {
        ManagedChannel channel = channel(transport, "k8s:///stock.shop:grpc");

        StatusRuntimeException refused = Assertions.catchThrowableOfType(
                StatusRuntimeException.class, () -> GrpcDoor.call(channel, TestBackend.UNSAFE));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refused.getStatus().getDescription())
                .startsWith("k8s:///stock.shop:grpc: none of its 2 endpoints can be connected to (first: 127.0.0.1:");
        assertThat(refused).hasStackTraceContaining("No subject alternative DNS name matching stock.shop found");
        assertThat(heard).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_name_that_overrides_the_services_is_the_one_that_counts(Transport transport) throws Exception {
        ManagedChannel channel = door.channel(
                transport.builder("k8s:///stock.shop:grpc", trusting()), builder -> builder.overrideAuthority(NAME));

        GrpcDoor.call(channel, TestBackend.UNSAFE);

        assertThat(heard).hasSize(1).first().asString().startsWith(NAME + " ");
    }
}
