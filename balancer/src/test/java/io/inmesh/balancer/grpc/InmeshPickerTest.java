package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a channel needs no other picker. */
class InmeshPickerTest {
    private static InmeshPicker telling(Status.Code code, @Nullable String text, String cause) {
        Status status = code.toStatus().withDescription(text).withCause(new ConnectException(cause));
        return InmeshPicker.telling(PickResult.withError(status), null);
    }

    @Test
    void failures_of_one_code_and_text_are_the_same_whatever_caused_them() {
        InmeshPicker first = telling(Status.Code.UNAVAILABLE, "refused", "at 10:00");
        assertThat(first.isSameAs(telling(Status.Code.UNAVAILABLE, "refused", "at 10:01")))
                .isTrue();
        assertThat(first.isSameAs(telling(Status.Code.UNAVAILABLE, "reset", "at 10:00")))
                .isFalse();
        assertThat(first.isSameAs(telling(Status.Code.UNAVAILABLE, null, "at 10:00")))
                .isFalse();
        assertThat(first.isSameAs(telling(Status.Code.INTERNAL, "refused", "at 10:00")))
                .isFalse();
    }
}
