package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.Slice;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RecollectedFamiliesTest {

    @Test
    @DisplayName("F-5: a family that is no longer looked at is not remembered")
    void a_family_that_is_no_longer_asked_for_is_let_go_F5() {
        Recollection recollection = new Recollection();
        List<Slice> slices = List.of(Samples.slice("s1", "1", Samples.endpoint("10.1.0.1", "{}")));
        PortAnswer http = new PortAnswer.Named(new ServicePort("http", Protocol.TCP, 80, 0, null));
        recollection.joined(http, slices, AddressFamily.IPV4);
        recollection.joined(http, slices, AddressFamily.IPV6);
        recollection.answered();
        assertThat(recollection.families()).isEqualTo(2);
        recollection.joined(http, slices, AddressFamily.IPV4);
        recollection.answered();
        assertThat(recollection.families()).isEqualTo(1);
        recollection.answered();
        assertThat(recollection.families())
                .as("of a service that became an alias")
                .isZero();
    }
}
