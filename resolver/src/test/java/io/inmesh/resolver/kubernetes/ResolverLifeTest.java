package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Resolver;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who shares what is known, and what is left of it when somebody leaves. */
class ResolverLifeTest extends ResolverScene {

    @Test
    void a_second_resolver_hears_the_known_state_without_a_request_and_has_revisions_of_its_own_W18() {
        synced();
        int requests = api.exchanges.size();
        Heard second = new Heard();
        try (KubernetesResolver late = resolver("80")) {
            late.start(second);
            clock.runDue();
            assertThat(second.last().revision()).isEqualTo(1);
            assertThat(api.exchanges).hasSize(requests);
        }
    }

    @Test
    void a_second_resolver_hears_of_a_trouble_that_lasts() {
        service().refuse(403, null);
        clock.runDue();
        Heard second = new Heard();
        try (KubernetesResolver late = resolver("80")) {
            late.start(second);
            clock.runDue();
            assertThat(second.unresolved()).hasSize(1);
        }
    }

    @Test
    void both_streams_end_some_time_after_the_last_close_and_leave_no_timer_and_nothing_is_heard_after() {
        synced();
        Heard second = new Heard();
        KubernetesResolver other = resolver("80");
        other.start(second);
        clock.runDue();
        Exchange slices = slices();
        Exchange service = service();
        resolver.close();
        assertThat(slices.cancelled).isFalse();
        slices.line("MODIFIED", Samples.json("s1", "30", Samples.endpoint("10.1.0.7", READY)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(heard.messages()).isEmpty();
        assertThat(second.sets()).hasSize(2);
        other.close();
        slices.line("MODIFIED", Samples.json("s1", "31", Samples.endpoint("10.1.0.8", READY)));
        clock.advance(Feeds.LINGER.minusMillis(1));
        assertThat(slices.cancelled)
                .as("whoever comes back soon finds it known")
                .isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(slices.cancelled).isTrue();
        assertThat(service.cancelled).isTrue();
        assertThat(clock.timers()).isZero();
        assertThat(second.sets()).hasSize(2);
    }

    @Test
    void closing_twice_counts_once() {
        synced();
        KubernetesResolver other = resolver("80");
        other.start(new Heard());
        clock.runDue();
        other.close();
        other.close();
        clock.advance(Feeds.LINGER);
        assertThat(slices().cancelled).isFalse();
        resolver.close();
        clock.advance(Feeds.LINGER);
        assertThat(slices().cancelled).isTrue();
    }

    @Test
    void who_comes_back_soon_finds_it_known_and_who_leaves_again_has_the_whole_time_again() {
        synced();
        resolver.close();
        clock.advance(Feeds.LINGER.dividedBy(2));
        int requests = api.exchanges.size();
        Heard again = new Heard();
        KubernetesResolver back = resolver("http");
        back.start(again);
        clock.runDue();
        assertThat(again.sets()).hasSize(1);
        assertThat(api.exchanges).hasSize(requests);
        back.close();
        clock.advance(Feeds.LINGER.dividedBy(2));
        assertThat(slices().cancelled).as("the first timer counts no more").isFalse();
        clock.advance(Feeds.LINGER.dividedBy(2));
        assertThat(slices().cancelled).isTrue();
    }

    @Test
    void a_mesh_that_closes_ends_at_once_what_lingers() {
        synced();
        resolver.close();
        clock.runDue();
        feeds.release(context);
        assertThat(slices().cancelled).isTrue();
        assertThat(service().cancelled).isTrue();
    }

    @Test
    void what_one_listener_throws_keeps_nothing_from_the_others() {
        KubernetesResolver broken = resolver("http");
        broken.start(new Resolver.Listener() {
            @Override
            public void onUpdate(EndpointSet set) {
                throw new IllegalStateException("a listener's own fault");
            }

            @Override
            public void onUnresolved(Unresolved unresolved) {
                throw new IllegalStateException("a listener's own fault");
            }
        });
        synced();
        slices().line("MODIFIED", Samples.json("s1", "30", Samples.endpoint("10.1.0.7", READY)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(Heard.usable(heard.last())).containsExactly("10.1.0.7:8080");
        broken.close();
    }
}
