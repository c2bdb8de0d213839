package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.PodReader;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Group I: the pods of several selectors, kept together. */
class PodContributionsTest {
    private final PodContributions pods = new PodContributions();

    private static PodObject pod(String name, int version, String ip, String... selectors) {
        return new PodReader(null, labels -> Set.of(selectors))
                .read(Samples.json("{metadata: {name: '" + name + "', namespace: 'prod', resourceVersion: '" + version
                        + "'}, status: {podIP: '" + ip + "'}}"));
    }

    private Set<String> removed(PodObject pod) {
        return pods.remove(pod.id(), pod.version());
    }

    private List<String> of(String selector) {
        return pods.of(selector).stream().map(pod -> pod.id().name()).toList();
    }

    @Test
    @DisplayName("I-1: a pod may be of several selectors, and follows its labels from one to the other")
    void a_pod_is_of_each_selector_that_selects_it_I1() {
        assertThat(pods.put(pod("p2", 1, "10.0.0.2", "a", "b"))).containsExactlyInAnyOrder("a", "b");
        assertThat(pods.put(pod("p1", 2, "10.0.0.1", "a"))).containsExactly("a");
        assertThat(of("a")).containsExactly("p1", "p2");
        assertThat(of("b")).containsExactly("p2");
        assertThat(pods.put(pod("p2", 3, "10.0.0.2", "b", "c"))).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(of("a")).containsExactly("p1");
        assertThat(of("c")).containsExactly("p2");
        assertThat(pods.put(pod("p2", 4, "10.0.0.2"))).containsExactlyInAnyOrder("b", "c");
        assertThat(of("b")).isEmpty();
    }

    @Test
    @DisplayName("A-13, W-16: a version alone is no change, and an older one is no news")
    void versions_alone_and_older_ones_change_nothing() {
        pods.put(pod("p1", 5, "10.0.0.1", "a"));
        assertThat(pods.put(pod("p1", 6, "10.0.0.1", "a"))).isEmpty();
        assertThat(pods.put(pod("p1", 4, "10.0.0.9", "b"))).isEmpty();
        assertThat(removed(pod("p1", 3, "10.0.0.9", "a"))).isEmpty();
        assertThat(of("a")).containsExactly("p1");
        assertThat(removed(pod("p1", 7, "10.0.0.9"))).containsExactly("a");
        assertThat(removed(pod("p1", 8, "10.0.0.9"))).isEmpty();
        assertThat(of("a")).isEmpty();
    }

    @Test
    @DisplayName("W-5: a list replaces everything, and tells for whom that is different")
    void a_list_replaces_everything_W5() {
        pods.put(pod("p1", 1, "10.0.0.1", "a"));
        pods.put(pod("p2", 2, "10.0.0.2", "b"));
        pods.put(pod("p3", 3, "10.0.0.3", "c"));
        assertThat(pods.replaceAll(List.of(pod("p2", 2, "10.0.0.2", "b"), pod("p3", 9, "10.0.0.4", "c"))))
                .containsExactlyInAnyOrder("a", "c");
        assertThat(of("a")).isEmpty();
        assertThat(of("b")).containsExactly("p2");
    }

    @Test
    void of_a_selector_that_is_forgotten_nothing_is_kept_but_what_another_selects() {
        pods.put(pod("p1", 1, "10.0.0.1", "a", "b"));
        pods.put(pod("p2", 2, "10.0.0.2", "a"));
        pods.forget("a");
        assertThat(of("a")).isEmpty();
        assertThat(of("b")).containsExactly("p1");
        assertThat(removed(pod("p2", 3, "10.0.0.2"))).as("it was not kept").isEmpty();
        pods.forget("b");
        assertThat(removed(pod("p1", 4, "10.0.0.1"))).isEmpty();
    }
}
