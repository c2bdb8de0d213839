package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;

/** What the policies of every hash table share: the bound on loads. */
final class HashTables {
    /** The setting of every hash table: what an endpoint may carry as against its fair share. */
    static final String LOAD_FACTOR = "load-factor";

    /** Any load: the default. */
    static final double UNBOUNDED = 0;

    /** So much that no endpoint reaches it. */
    private static final double MOST = 1_000;

    private HashTables() {}

    /** Reads {@link #LOAD_FACTOR}: 0, or a number from 1 on, usually 1.25 to 2. */
    static double loadFactor(PolicySettings settings, double byDefault) {
        double factor = settings.number(LOAD_FACTOR, byDefault, 0, MOST);
        // Below 1 not even a fair share would be allowed: say so with the range that holds then.
        return factor == UNBOUNDED ? factor : settings.number(LOAD_FACTOR, factor, 1, MOST);
    }

    /** Refuses any other factor than {@link #loadFactor} would read. */
    static void check(String policy, double loadFactor) {
        if (loadFactor != UNBOUNDED) {
            PolicySettings.check(policy, LOAD_FACTOR, loadFactor, 1, MOST);
        }
    }

    /** A picker over a table, its loads bounded or not. */
    static Picker picker(PickerFactory.Input input, Owners owners, double loadFactor) {
        return loadFactor == UNBOUNDED
                ? new HashedPicker(input.endpoints().toArray(EndpointView[]::new), owners, input.random())
                : new Bounds(input.endpoints(), owners, loadFactor, input.clock(), input.random());
    }
}
