package io.inmesh.api;

/**
 * What endpoint sets, endpoint state and ejection are kept by: one port of one service, after resolving, so that {@code orders:80}
 * and {@code orders.shop:http} share them (rule P-1). For schemes without services, the target without its query stands in {@code
 * service}.
 *
 * @param scheme the scheme whose resolver speaks of it
 * @param namespace the namespace, empty for schemes without one
 * @param service the service's name
 * @param portName the service port's name, empty for an unnamed one
 * @param protocol its protocol
 */
public record ServiceKey(String scheme, String namespace, String service, String portName, Protocol protocol) {

    /** The key of a target whose scheme knows no services. */
    public static ServiceKey of(Target target) {
        return new ServiceKey(target.scheme(), "", target.withoutParameters().toString(), "", Protocol.TCP);
    }

    /** For people: {@code orders in namespace shop, port grpc}. */
    public String describe() {
        if (namespace.isEmpty()) {
            return service;
        }
        String port = portName.isEmpty() ? "the unnamed port" : "port " + portName;
        return service + " in namespace " + namespace + ", " + port + (protocol == Protocol.TCP ? "" : "/" + protocol);
    }

    @Override
    public String toString() {
        if (namespace.isEmpty()) {
            return service;
        }
        String text = portName.isEmpty() ? service + "." + namespace : service + "." + namespace + ":" + portName;
        return protocol == Protocol.TCP ? text : text + "/" + protocol;
    }
}
