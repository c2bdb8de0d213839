package io.inmesh.balancer.pick.hash;

/** The 256 slots of IPVS's two old hash policies (Linux {@code ip_vs_dh.c}, {@code ip_vs_sh.c}) and the hash that goes with them. */
final class IpvsTables {
    static final int SLOTS = 256;

    /** The setting of both policies: to the owner of a slot or to nobody. */
    static final String STRICT = "strict";

    /** 2^32 divided by the golden ratio, prime. */
    private static final long MULTIPLIER = 2_654_435_761L;

    private IpvsTables() {}

    /** One slot for each endpoint in turn; weights do not count. */
    static int[] inTurn(int endpoints) {
        int[] owners = new int[SLOTS];
        for (int slot = 0; slot < SLOTS; slot++) {
            owners[slot] = slot % endpoints;
        }
        return owners;
    }

    /** So many slots in a row for each endpoint as it has weight, round after round. */
    static int[] byWeight(long[] weights) {
        int[] owners = new int[SLOTS];
        int endpoint = 0;
        long taken = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            owners[slot] = endpoint;
            if (++taken == weights[endpoint]) {
                endpoint = (endpoint + 1) % weights.length;
                taken = 0;
            }
        }
        return owners;
    }

    /** The hash of a key: of an IPv4 address as IPVS hashes it, of anything else ours. */
    static long hash(String key) {
        long address = ipv4(key);
        return address < 0 ? XxHash64.hash(key) : legacySlot(address);
    }

    /** The slot of a hash. */
    static int slot(long hash) {
        return (int) (hash & SLOTS - 1);
    }

    /** The slot of an IPv4 address. */
    static long legacySlot(long address) {
        return (address * MULTIPLIER) & (SLOTS - 1);
    }

    /** The address that a text in dotted form is, or -1. */
    static long ipv4(String text) {
        long address = 0;
        int part = 0;
        int digits = 0;
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && digits > 0 && dots < 3) {
                address = address << 8 | part;
                part = 0;
                digits = 0;
                dots++;
            } else if (c >= '0' && c <= '9' && digits < 3) {
                part = 10 * part + c - '0';
                digits++;
            } else {
                return -1;
            }
            if (part > 255) {
                return -1;
            }
        }
        return dots == 3 && digits > 0 ? address << 8 | part : -1;
    }
}
