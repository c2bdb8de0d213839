package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A recording of our own with what a real server may send and the given ones lack. */
class RecordingFormatTest {
    private static final String WEB = service(
            "web",
            10,
            "\"type\":\"ClusterIP\",\"clusterIP\":\"None\",\"internalTrafficPolicy\":\"Local\",\"selector\":{\"app\":\"web\"},"
                    + "\"ipFamilies\":[\"IPv4\"],\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]");
    private static final String LATER_WEB = WEB.replace("\"10\"", "\"19\"").replace("80", "81");
    private static final String OUTSIDE = alias("outside", "db.example.org");
    private static final String INSIDE = alias("inside", "web.ns.svc.cluster.local");
    private static final String SLICE = slice(12, "10.1.0.1");
    private static final String LATER_SLICE = slice(20, "10.1.0.2");
    private static final String SERVICES = WEB + "," + OUTSIDE + "," + INSIDE;

    private static String service(String name, int version, String spec) {
        return "{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"ns\",\"uid\":\"" + name
                + "\",\"resourceVersion\":\"" + version + "\"},\"spec\":{" + spec + "}}";
    }

    private static String alias(String name, String of) {
        return service(
                name,
                11,
                "\"type\":\"ExternalName\",\"externalName\":\"" + of
                        + "\",\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]");
    }

    private static String slice(int version, String address) {
        return "{\"metadata\":{\"name\":\"web-1\",\"namespace\":\"ns\",\"resourceVersion\":\"" + version
                + "\",\"labels\":{\"kubernetes.io/service-name\":\"web\"}},\"addressType\":\"IPv4\",\"ports\":[{\"name\":"
                + "\"http\",\"port\":8080,\"protocol\":\"TCP\"}],\"endpoints\":[{\"addresses\":[\"" + address
                + "\"],\"conditions\":{\"ready\":true},\"nodeName\":\"n1\"}]}";
    }

    private static String endpoints(int version, String address) {
        return "{\"metadata\":{\"name\":\"web\",\"namespace\":\"ns\",\"resourceVersion\":\"" + version
                + "\"},\"subsets\":[{\"addresses\":[{\"ip\":\"" + address
                + "\",\"nodeName\":\"n1\"}],\"ports\":[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"}]}]}";
    }

    private static String list(String kind, String apiVersion, String items) {
        return "{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + apiVersion
                + "\",\"metadata\":{\"resourceVersion\":\"15\"},\"items\":[" + items + "]}";
    }

    private static String line(int ms, String type, String kind, String apiVersion, String object) {
        String typed = "{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + apiVersion + "\"," + object.substring(1);
        String sent = "{\"type\":\"" + type + "\",\"object\":" + typed + "}";
        return "{\"ms\":" + ms + ",\"line\":\"" + sent.replace("\"", "\\\"") + "\"}\n";
    }

    /**
     * Endpoints of a headless service on one node, aliases with ports, a bookmark of one type that comes before the event of another whose
     * version it has, and a service's change that comes behind the checkpoint though it is older than what came before it.
     */
    private static Recording recording() throws IOException {
        Map<String, String> files = new HashMap<>();
        files.put("meta.json", "{\"namespace\":\"ns\"}");
        files.put("services.list.json", list("ServiceList", "v1", SERVICES));
        files.put("endpointslices.list.json", list("EndpointSliceList", "discovery.k8s.io/v1", SLICE));
        files.put("endpoints.list.json", list("EndpointsList", "v1", endpoints(12, "10.1.0.1")));
        files.put(
                "services.watch.jsonl",
                line(3, "BOOKMARK", "Service", "v1", "{\"metadata\":{\"resourceVersion\":\"18\"}}")
                        + line(30, "MODIFIED", "Service", "v1", LATER_WEB));
        files.put(
                "endpointslices.watch.jsonl", line(5, "MODIFIED", "EndpointSlice", "discovery.k8s.io/v1", LATER_SLICE));
        files.put(
                "endpoints.watch.jsonl",
                line(4, "MODIFIED", "Endpoints", "v1", endpoints(18, "10.1.0.2"))
                        + line(6, "BOOKMARK", "Endpoints", "v1", "{\"metadata\":{\"resourceVersion\":\"20\"}}"));
        files.put(
                "checkpoints.json",
                "[{\"after\":\"a move\",\"read_ms\":10,\"services\":[" + SERVICES + "],\"endpointslices\":["
                        + LATER_SLICE + "]},{\"after\":\"a change\",\"read_ms\":40,\"services\":["
                        + SERVICES.replace(WEB, LATER_WEB) + "],\"endpointslices\":[" + LATER_SLICE + "]}]");
        return Recording.read("ours", files);
    }

    @Test
    void it_is_replayed_through_slices() throws Exception {
        RecordingReplayTest.replayAtFullSpeed(recording());
    }

    @Test
    void it_is_replayed_through_Endpoints() throws IOException {
        RecordingEndpointsTest.replay(recording());
    }

    @Test
    void where_neither_was_told_a_fact_both_must_have_heard_of_the_same_trouble() {
        Told one = new Told();
        Told other = new Told();
        assertThat(Told.same(one, other)).as("nothing heard").isFalse();
        one.onUnresolved(new Unresolved(Reason.NOT_SYNCED, "x at http://a"));
        assertThat(Told.same(one, other)).isFalse();
        other.onUnresolved(new Unresolved(Reason.FORBIDDEN, "x at http://b"));
        assertThat(Told.same(one, other)).isFalse();
        other.onUnresolved(new Unresolved(Reason.NOT_SYNCED, "x at http://b"));
        assertThat(Told.same(one, other)).isTrue();
    }
}
