package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.Weights;
import java.util.Map;
import java.util.Set;

/**
 * The same caller to the same endpoint, {@code sh} of IPVS: 256 slots, each endpoint as many in a row as it has weight (without a divisor that
 * all weights share). The caller is the key that a request gives, else the {@code source} of the settings, else this process by its own
 * address: then all its requests go to one endpoint.
 *
 * <p>Adding one of n endpoints moves most callers; of many or very unequal weights the last may get no slot. For those who need what IPVS
 * does.
 *
 * <p>Cost: one read per pick, and a hash of the key if the request gives one; 256 writes per rebuild.
 */
public final class SourceHash implements PickerFactory {
    private static final String SOURCE = "source";

    private final String source;

    /**
     * For one caller.
     *
     * @param source who calls, where a request does not say: the own pod's address
     */
    public SourceHash(String source) {
        this.source = source;
    }

    @Override
    public String name() {
        return "source-hash";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("sh");
    }

    @Override
    public Set<String> settings() {
        return Set.of(SOURCE);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new SourceHash(new PolicySettings(name(), values).text(SOURCE, source));
    }

    @Override
    public boolean followsKey() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        Slots slots = new Slots(IpvsTables.byWeight(Weights.whole(input.endpoints())));
        long own = IpvsTables.hash(source);
        return context -> {
            String key = context.key();
            long hash = key == null ? own : IpvsTables.hash(key);
            return endpoints[HashedPicker.ownerFor(context, hash, slots, endpoints)];
        };
    }

    @Override
    public String toString() {
        return name() + "[" + source + "]";
    }
}
