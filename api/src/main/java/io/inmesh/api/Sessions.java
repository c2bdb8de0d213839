package io.inmesh.api;

import java.util.HexFormat;

/**
 * Tokens of strong sessions (setting {@code affinity.mode = strong}): what a program hands to the far end of a session, in a cookie or a header, and
 * gives back with the session's next request, so that it goes to the same endpoint.
 *
 * <pre>{@code
 * String token = Sessions.tokenOf(endpoint);
 * PickContext next = PickContext.NONE.withSession(token);
 * }</pre>
 *
 * <p>A token is 20 hexadecimal digits, fit for cookies, headers and URLs: 16 of a hash of the endpoint's id and 4 of another one as a check. Every
 * process makes the same one. It carries no address, but is no secret either: who knows all addresses can find out which one it stands for,
 * and whoever holds one reaches an endpoint that he could have been given anyway. After an update it may name nobody, and then is as good as none.
 */
public final class Sessions {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long OTHER_OFFSET = 0x9e3779b97f4a7c15L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Sessions() {}

    /** The token that brings a request back to that endpoint. Allocates; who has many requests to one endpoint keeps it. */
    public static String tokenOf(Endpoint endpoint) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(hash(endpoint.id(), FNV_OFFSET))
                + hex.toHexDigits((short) hash(endpoint.id(), OTHER_OFFSET));
    }

    /** FNV-1a, with every bit spread over all by the finalizer of SplitMix64. */
    private static long hash(String text, long offset) {
        long hash = offset;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }
}
