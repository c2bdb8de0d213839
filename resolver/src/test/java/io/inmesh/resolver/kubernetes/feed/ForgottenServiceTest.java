package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a wide watch keeps of a service that left it. */
class ForgottenServiceTest {
    private static final ObjectName SHOP = new ObjectName("prod", "shop");

    private static final class Nobody implements ServicesWatch.Hearing<ObjectName, Slice, List<Slice>> {
        @Override
        public void askingOnLane(ServicesWatch<ObjectName, Slice, List<Slice>> watch) {
            // Nothing is to be told.
        }

        @Override
        public void expelledOnLane(ServicesWatch<ObjectName, Slice, List<Slice>> watch, Set<ObjectName> expelled) {
            // Nothing is to be told.
        }

        @Override
        public void listedOnLane(ServicesWatch<ObjectName, Slice, List<Slice>> watch) {
            // Nothing is to be told.
        }

        @Override
        public void changedOnLane(ServicesWatch<ObjectName, Slice, List<Slice>> watch, Set<ObjectName> changed) {
            // Nothing is to be told.
        }

        @Override
        public void troubledOnLane(ServicesWatch<ObjectName, Slice, List<Slice>> watch, @Nullable Trouble trouble) {
            // Nothing is to be told.
        }
    }

    @Test
    void how_far_others_had_shown_a_service_is_forgotten_with_it() {
        FakeClock clock = new FakeClock();
        Lane lane = Lane.on(clock, error -> {
            throw new AssertionError(error);
        });
        ListWatch.Place place = new ListWatch.Place(new ScriptedTransport(), lane, clock, clock, () -> 0L);
        ServicesWatch<ObjectName, Slice, List<Slice>> wide = ServicesWatch.wide(
                WatchedKinds.slices("prod"), Set.of(SHOP), WatchConfig.Lists.WHOLE, place, new Nobody());
        wide.shownWhenAskedOnLane(SHOP, "7");
        assertThat(wide.shownWhenAskedOnLane(SHOP)).isEqualTo("7");
        wide.forgetOnLane(SHOP);
        assertThat(wide.shownWhenAskedOnLane(SHOP)).isNull();
        wide.close();
    }
}
