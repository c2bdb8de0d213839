package io.inmesh.spring;

/**
 * What IDEs offer as values below a service's name, where a key is text to us: {@link ServiceShape} and its parts have these types, and nothing is ever
 * read as one. A policy of the application's own is not among them, and is understood all the same.
 */
public final class OfferedValues {
    private OfferedValues() {}

    /** Balancing policies, by all their names. */
    public enum Policy {
        /** Of two endpoints drawn at random the one with fewer requests in flight. */
        POWER_OF_TWO,
        /** Another name of power-of-two. */
        P2C,
        /** Another name of power-of-two. */
        TWOS,
        /** Another name of power-of-two. */
        LEAST_REQUEST,
        /** One endpoint after the other, in proportion to their weights. */
        ROUND_ROBIN,
        /** Another name of round-robin. */
        RR,
        /** Drawn at random, in proportion to their weights. */
        RANDOM,
        /** Turns in proportion to weight. */
        WEIGHTED_ROUND_ROBIN,
        /** Another name of weighted-round-robin. */
        WRR,
        /** Of two endpoints drawn at random the one with the lower latency times requests in flight. */
        PEAK_EWMA,
        /** Another name of peak-ewma. */
        P2C_EWMA,
        /** By what endpoints answer to probes; where they answer none, as peak-ewma. */
        PREQUAL,
        /** The one with the fewest requests in flight. */
        LEAST_CONNECTION,
        /** Another name of least-connection. */
        LC,
        /** The one with the fewest requests in flight per weight. */
        WLC,
        /** Shortest expected delay, as in IPVS. */
        SED,
        /** Never queue, as in IPVS: an idle one, else the shortest expected delay. */
        NQ,
        /** Weighted failover, as in IPVS: the heaviest, the others stand by. */
        FO,
        /** Weighted overflow, as in IPVS: the heaviest until it is full. */
        OVF,
        /** Locality-based least connection, as in IPVS: a key stays until its endpoint is overloaded. */
        LBLC,
        /** The same with several endpoints for a key, as in IPVS. */
        LBLCR,
        /** One endpoint until it fails. */
        FIRST,
        /** Another name of first. */
        PICK_FIRST,
        /** The same key to the same endpoint, by a Maglev table. */
        DESTINATION_HASH,
        /** Another name of destination-hash. */
        MAGLEV,
        /** Another name of destination-hash. */
        MH,
        /** The same key to the same endpoint, by a ring. */
        RING_HASH,
        /** The same key to the same endpoint, by the highest score. */
        RENDEZVOUS,
        /** Another name of rendezvous. */
        HRW,
        /** Destination hash of IPVS, 256 slots. */
        DH,
        /** The same caller to the same endpoint, 256 slots of IPVS. */
        SOURCE_HASH,
        /** Another name of source-hash. */
        SH,
        /** Near endpoints first: those on the own node, then those in the own zone, then all, by node-local.policy. */
        NODE_LOCAL
    }

    /** Which of equally loaded endpoints is taken. */
    public enum Ties {
        /** By lot. */
        RANDOM,
        /** The first in order, as IPVS. */
        FIRST
    }

    /** How slots are given to endpoints. */
    public enum Table {
        /** As in the Maglev paper. */
        MAGLEV,
        /** As IPVS's mh scheduler does. */
        IPVS
    }

    /** How many points endpoints have on a ring. */
    public enum Sizing {
        /** 128 for each unit of weight. */
        FIXED,
        /** As in Envoy and gRPC, between min-size and max-size. */
        XDS
    }

    /** Sequences of turns. */
    public enum Sequence {
        /** One atomic add whatever the weights. */
        LOW_DISCREPANCY,
        /** nginx's, evenest. */
        SMOOTH,
        /** Envoy's earliest deadline first. */
        EDF,
        /** IPVS's, in bursts. */
        IPVS,
        /** gRPC's static stride. */
        STRIDE
    }
}
