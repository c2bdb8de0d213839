package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.ResolverProvider.Context;

/** The mesh that a context belongs to. Two meshes may have equal contexts, and still each ends only what is its own. */
record Owner(Context context) {

    @Override
    @SuppressWarnings("ReferenceEquality") // The point of it.
    public boolean equals(Object other) {
        return other instanceof Owner owner && owner.context == context;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(context);
    }
}
