package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Protocol;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A port of a service.
 *
 * @param name its name, empty for the only one (rule P-5)
 * @param port the number that callers name (rule P-2)
 * @param targetPort where pods listen: a number, or the name of a container port, which may be another number on each pod (rule P-6)
 * @param protocol TCP, UDP or SCTP
 * @param appProtocol what is spoken there, or null (rule P-12)
 */
public record ScriptedPort(
        String name,
        int port,
        String targetPort,
        Protocol protocol,
        @Nullable String appProtocol) {

    /** A TCP port that every pod serves under the same number. */
    public static ScriptedPort tcp(String name, int port, int targetPort) {
        return tcp(name, port, Integer.toString(targetPort));
    }

    /** A TCP port that each pod serves under the number of its container port of that name. */
    public static ScriptedPort tcp(String name, int port, String targetPort) {
        return new ScriptedPort(name, port, targetPort, Protocol.TCP, null);
    }

    /** The same with another protocol. */
    public ScriptedPort withProtocol(Protocol newProtocol) {
        return new ScriptedPort(name, port, targetPort, newProtocol, appProtocol);
    }

    /** The same, saying what is spoken there. */
    public ScriptedPort withAppProtocol(@Nullable String newAppProtocol) {
        return new ScriptedPort(name, port, targetPort, protocol, newAppProtocol);
    }

    /** The entry of {@code spec.ports} of the service. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", name).put("protocol", protocol.name()).put("port", port);
        if (isNumber(targetPort)) {
            json.put("targetPort", Integer.parseInt(targetPort));
        } else {
            json.put("targetPort", targetPort);
        }
        if (appProtocol != null) {
            json.put("appProtocol", appProtocol);
        }
        return json;
    }

    /** The number on that pod; empty if it has no container port of the name (rule P-7). */
    static OptionalInt numberOn(ScriptedPod pod, String targetPort) {
        if (isNumber(targetPort)) {
            return OptionalInt.of(Integer.parseInt(targetPort));
        }
        Integer number = pod.ports().get(targetPort);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static boolean isNumber(String text) {
        return text.matches("\\d+");
    }
}
