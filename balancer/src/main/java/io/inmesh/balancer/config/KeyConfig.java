package io.inmesh.balancer.config;

import java.util.Arrays;
import java.util.List;

/**
 * What the key of a request is, for policies that follow keys. Keys {@code key.*}.
 *
 * <p>A key that the program gives itself comes before all of these. Without any, such policies place a request anywhere; but
 * under {@code dh} the key is the path unless said otherwise.
 *
 * @param from the keys to look for, the first that the request has is taken; each is one part of the request, or several together
 */
public record KeyConfig(List<List<RequestPart>> from) {

    /** Only keys that the program gives. */
    public static final KeyConfig DEFAULT = new KeyConfig(List.of());

    /** The room's name, before each of its keys. */
    static final String ROOM = "key";

    /** The policy that takes a request's path for its key where nothing is said, since IPVS' destination hash goes by where a packet is bound. */
    private static final String BY_DESTINATION = "dh";

    /** What that means: of a request to a service the authority is the same for all, so the path alone tells them apart. */
    private static final KeyConfig PATH = new KeyConfig(List.of(List.of(new RequestPart(RequestPart.Kind.PATH, ""))));

    private static final String FROM = "from";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(FROM);

    private static final List<RequestPart.Kind> KINDS = List.of(RequestPart.Kind.values());

    /** Copies the lists. */
    public KeyConfig {
        from = from.stream().map(List::copyOf).toList();
    }

    /**
     * Reads {@code header:x-tenant+header:x-user, cookie:sid, path}: alternatives between commas, parts of one key between plus signs.
     *
     * @param policy the one that chooses, which decides where nothing is said
     */
    static KeyConfig of(PolicySettings said, String policy) {
        List<String> alternatives = said.list(FROM);
        if (alternatives.isEmpty()) {
            return Names.normalize(policy).equals(BY_DESTINATION) ? PATH : DEFAULT;
        }
        String whole = String.join(", ", alternatives);
        return new KeyConfig(alternatives.stream()
                .map(alternative -> Arrays.stream(alternative.split("\\+", -1))
                        .map(part -> RequestPart.parse(ROOM + "." + FROM, whole, part, KINDS))
                        .toList())
                .toList());
    }

    /** True if there is nothing to look for. */
    public boolean isEmpty() {
        return from.isEmpty();
    }
}
