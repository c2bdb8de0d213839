package io.inmesh.balancer.pick.hash;

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
 * <p>An endpoint that its health keeps out keeps its slots, so that only its own callers move; under {@code strict}, which is what IPVS does, they do
 * not move either but are turned down. IPVS can take the caller's port into the hash; here none is known before an endpoint is chosen, so who
 * wants it gives a key.
 *
 * <p>Adding one of n endpoints moves most callers; of many or very unequal weights the last may get no slot. For those who need what IPVS
 * does.
 *
 * <p>Cost: one read per pick, and a hash of the key if the request gives one; 256 writes per rebuild.
 */
public final class SourceHash implements PickerFactory {
    private static final String SOURCE = "source";

    private final String source;
    private final boolean strict;

    /**
     * For one caller, falling back to others.
     *
     * @param source who calls, where a request does not say: the own pod's address
     */
    public SourceHash(String source) {
        this(source, false);
    }

    /**
     * With every setting.
     *
     * @param source who calls, where a request does not say: the own pod's address
     * @param strict to the owner of a caller or to nobody
     */
    public SourceHash(String source, boolean strict) {
        this.source = source;
        this.strict = strict;
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
        return Set.of(SOURCE, IpvsTables.STRICT);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        PolicySettings settings = new PolicySettings(name(), values);
        return new SourceHash(settings.text(SOURCE, source), settings.flag(IpvsTables.STRICT, strict));
    }

    @Override
    public boolean followsKey() {
        return true;
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
        long own = IpvsTables.hash(source);
        return IpvsPicker.of(
                input,
                endpoints -> IpvsTables.byWeight(Weights.whole(endpoints)),
                context -> {
                    String key = context.key();
                    return key == null ? own : IpvsTables.hash(key);
                },
                name(),
                strict);
    }

    @Override
    public String toString() {
        return name() + "[" + source + ", strict " + strict + "]";
    }
}
