package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.ReadObject;
import io.inmesh.resolver.kubernetes.rule.Samples;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WatchedKindsTest {

    @Test
    @DisplayName("I-1: a label with an empty value is there, also where the pods of a namespace are told apart here")
    void an_empty_label_is_a_label_I1() throws IOException {
        Set<String> selectors = Set.of("canary", "canary=", "!canary", "canary!=", "app=shop");
        try (JsonParser pod = Samples.json(
                        "{metadata: {name: 'p', namespace: 'prod', resourceVersion: '1', labels: {canary: '', app: 'shop'}}}")
                .traverse()) {
            pod.nextToken();
            ReadObject<PodObject> read = WatchedKinds.pods("prod", null)
                    .all()
                    .apply(selectors)
                    .read()
                    .read(pod);
            assertThat(((ReadObject.Reduced<PodObject>) read).object().selectedBy())
                    .containsExactlyInAnyOrder("canary", "canary=", "app=shop");
        }
    }
}
