package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Target;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServiceReader;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceReader;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Objects for tests, written as JSON with single quotes. */
public final class Samples {
    public static final ObjectName SHOP = new ObjectName("prod", "shop");
    static final PortName HTTP = new PortName("http", Protocol.TCP);
    public static final ClientPlace INSIDE = new ClientPlace(Locality.UNKNOWN, null, null, Set.of(AddressFamily.IPV4));

    private static final ObjectMapper JSON = new ObjectMapper()
            .configure(JsonParser.Feature.ALLOW_SINGLE_QUOTES, true)
            .configure(JsonParser.Feature.ALLOW_UNQUOTED_FIELD_NAMES, true);

    private Samples() {}

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static ServiceObject service(String json) {
        return ServiceReader.read(json(json));
    }

    /** {@code shop} in {@code prod} with that spec. */
    static ServiceObject serviceWith(String spec) {
        return service("{metadata: {name: 'shop', namespace: 'prod', uid: 'uid-1'}, spec: " + spec + "}");
    }

    static Slice slice(String json) {
        return SliceReader.read(json(json));
    }

    /** An IPv4 slice of {@code prod/shop} with port http = 8080 and these endpoints, each as JSON. */
    static Slice slice(String name, String version, String... endpoints) {
        return slice(json(name, version, endpoints));
    }

    public static String json(String name, String version, String... endpoints) {
        return "{metadata: {name: '" + name + "', namespace: 'prod', resourceVersion: '" + version
                + "', labels: {'kubernetes.io/service-name': 'shop'}}, addressType: 'IPv4',"
                + " ports: [{name: 'http', port: 8080, protocol: 'TCP'}], endpoints: ["
                + String.join(", ", endpoints) + "]}";
    }

    /** {@code {addresses: [...], conditions: ...}}. */
    public static String endpoint(String address, String conditions) {
        return "{addresses: ['" + address + "'], conditions: " + conditions + "}";
    }

    static SliceContributions join(Slice... slices) {
        SliceContributions join = new SliceContributions();
        for (Slice slice : slices) {
            join.put(slice);
        }
        return join;
    }

    static List<String> addresses(List<JoinedEndpoint> joined) {
        return joined.stream()
                .map(each -> Endpoint.of(each.endpoint().address(), each.port()).address())
                .toList();
    }

    static Wanted wanted(@Nullable String port) {
        return new Wanted(SHOP, null, port, Protocol.TCP);
    }

    /** What is concluded where exactly these are known. */
    static Answer.Result resolve(
            Wanted wanted, @Nullable ServiceObject service, SliceContributions slices, ClientPlace client) {
        Answer answer = new ServiceQuestion(wanted, rules(client)).answer(knowing(service, slices));
        assertThat(answer.trouble()).isNull();
        return Objects.requireNonNull(answer.result());
    }

    /** Everything at its default. */
    public static ClientRules rules(ClientPlace place) {
        return new ClientRules(
                place, HintUse.NODES_AND_ZONES, HintUse.NONE, SourceChoice.AUTO, false, Target.DEFAULT_CLUSTER_DOMAIN);
    }

    @SuppressWarnings("unchecked") // Each case gives what its source is declared to be.
    private static Known knowing(@Nullable ServiceObject service, SliceContributions slices) {
        return new Known() {
            @Override
            public <T> Finding<T> ask(Source<T> source) {
                if (source instanceof Source.OneService) {
                    return (Finding<T>) Finding.of(Optional.ofNullable(service));
                }
                if (source instanceof Source.SlicesOf of) {
                    return (Finding<T>) Finding.of(slices.of(of.service()));
                }
                if (source instanceof Source.AddressesOf of && of.host().equals("db.example.org")) {
                    return (Finding<T>) Finding.of(List.of("192.0.2.7"));
                }
                return Finding.pending();
            }

            @Override
            public <T> @Nullable T before(Source<T> source) {
                return null;
            }

            @Override
            public boolean mayWait() {
                return true;
            }
        };
    }
}
