package io.inmesh.resolver.kubernetes.rule;

/** Where endpoints are read from; never from both, since the one mirrors the other (rules E-2, E-8). */
public enum SourceChoice {
    /** Slices, and Endpoints only where those cannot be had. */
    AUTO,
    /** {@code discovery.k8s.io/v1}. */
    ENDPOINT_SLICES,
    /** {@code v1}, deprecated since 1.33 (rule E-1). */
    ENDPOINTS;

    /** How the API server answers for one of the two. */
    public enum Access {
        /** Not asked yet, or not answered. */
        UNKNOWN,
        /** It serves them to this client. */
        SERVED,
        /** 403. */
        FORBIDDEN,
        /** It does not know the API: 404 for the group and version. */
        ABSENT
    }

    /** Settles AUTO (rule E-2): whoever asks tries slices first, and Endpoints only after a refusal. */
    public SourceChoice settle(Access slices, Access endpoints) {
        if (this != AUTO) {
            return this;
        }
        boolean refused = slices == Access.FORBIDDEN && endpoints == Access.SERVED;
        return slices == Access.ABSENT || refused ? ENDPOINTS : ENDPOINT_SLICES;
    }
}
