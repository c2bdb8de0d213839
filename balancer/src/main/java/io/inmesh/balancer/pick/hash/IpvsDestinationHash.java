package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import java.util.random.RandomGenerator;

/**
 * {@code dh} of IPVS: 256 slots, one for each endpoint in turn, weights ignored. For those who need what IPVS does: adding one of n endpoints
 * moves most keys, and of more than 256 endpoints the rest gets nothing. {@code destination-hash} does neither.
 *
 * <p>Cost: a hash of the key and one read per pick; 256 writes per rebuild.
 */
public final class IpvsDestinationHash implements PickerFactory {

    @Override
    public String name() {
        return "dh";
    }

    @Override
    public boolean followsKey() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        Slots slots = new Slots(IpvsTables.inTurn(endpoints.length));
        RandomGenerator random = input.random();
        return context -> {
            String key = context.key();
            long hash = key == null ? random.nextLong() : IpvsTables.hash(key);
            return endpoints[HashedPicker.ownerFor(context, hash, slots, endpoints)];
        };
    }
}
