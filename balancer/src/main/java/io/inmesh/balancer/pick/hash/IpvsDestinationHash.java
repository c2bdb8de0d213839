package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * {@code dh} of IPVS: 256 slots, one for each endpoint in turn, weights ignored. For those who need what IPVS does: adding one of n endpoints
 * moves most keys, and of more than 256 endpoints the rest gets nothing. {@code destination-hash} does neither.
 *
 * <p>An endpoint that its health keeps out keeps its slots, so that only its own keys move; under {@code strict}, which is what IPVS does, they do
 * not move either but are turned down. One of weight 0 has left the table.
 *
 * <p>Cost: a hash of the key and one read per pick; 256 writes per rebuild.
 */
public final class IpvsDestinationHash implements PickerFactory {
    private final boolean strict;

    /** Falling back to others. */
    public IpvsDestinationHash() {
        this(false);
    }

    /** Strict: to the owner of a key or to nobody. */
    public IpvsDestinationHash(boolean strict) {
        this.strict = strict;
    }

    @Override
    public String name() {
        return "dh";
    }

    @Override
    public Set<String> settings() {
        return Set.of(IpvsTables.STRICT);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new IpvsDestinationHash(new PolicySettings(name(), values).flag(IpvsTables.STRICT, strict));
    }

    @Override
    public boolean followsKey() {
        return true;
    }

    @Override
    public boolean readsWeights() {
        return false;
    }

    @Override
    public boolean knowsUnavailable() {
        return true;
    }

    @Override
    public boolean mayReject() {
        return strict;
    }

    @Override
    public Picker newPicker(Input input) {
        RandomGenerator random = input.random();
        return IpvsPicker.of(
                input,
                endpoints -> IpvsTables.inTurn(endpoints.size()),
                context -> {
                    String key = context.key();
                    return key == null ? random.nextLong() : IpvsTables.hash(key);
                },
                name(),
                strict);
    }

    @Override
    public String toString() {
        return name() + "[strict " + strict + "]";
    }
}
