package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.object.ObjectReader;
import io.inmesh.resolver.kubernetes.object.PodReader;
import io.inmesh.resolver.kubernetes.rule.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An item of a list whose name cannot be read may be any object, and must not look like one that has no name. */
class NamelessItemsTest {

    private static ObjectReader<?> reader(String kind) {
        PodReader pods = new PodReader(null, labels -> Set.of());
        return switch (kind) {
            case "service" -> WatchedResource.services("prod").read();
            case "slice" -> WatchedResource.slices(Samples.SHOP).read();
            case "slice of many" ->
                WatchedResource.allSlices("prod", service -> false).read();
            case "endpoints" -> WatchedResource.allEndpoints("prod").read();
            case "pod" -> WatchedResource.allPods("prod", pods).read();
            default -> WatchedResource.nodes().read();
        };
    }

    private static WatchEvents.Listed<?> list(String kind, String metadata) throws IOException {
        byte[] body = Samples.json("{metadata: {resourceVersion: '7'}, items: [{metadata: {" + metadata
                        + "resourceVersion: '5', labels: {'kubernetes.io/service-name': 'shop'}},"
                        + " addressType: 'IPv4', spec: {}, status: {}}]}")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        return WatchEvents.list(body, body.length, reader(kind));
    }

    @ParameterizedTest
    @CsvSource({"service", "slice", "slice of many", "endpoints", "pod", "node"})
    @DisplayName("A-14: an item without a name that can be read is told apart, so that nothing is concluded to be gone")
    void items_without_a_name_are_told_apart(String kind) throws IOException {
        for (String name : new String[] {"", "name: null, ", "name: '', ", "name: 7, ", "name: {}, "}) {
            WatchEvents.Listed<?> list = list(kind, name + "namespace: 'prod', ");
            assertThat(list.objects()).as("%s with %s", kind, name).isEmpty();
            assertThat(list.unread())
                    .as("%s with %s", kind, name)
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.id().name()).isEmpty();
                        assertThat(each.why()).contains("metadata.name").contains("expected: a");
                    });
        }
        assertThat(list(kind, "name: 'x', namespace: 'prod', ").objects()).hasSize(1);
    }
}
