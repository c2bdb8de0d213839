package io.inmesh.balancer.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.inmesh.api.Outcome;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SafeGuardTest {
    private final List<String> heard = new ArrayList<>();

    private final class Noting implements Guard {
        private final @Nullable Rejection answer;
        private final boolean fails;

        private Noting(@Nullable Rejection answer, boolean fails) {
            this.answer = answer;
            this.fails = fails;
        }

        private void note(String what) {
            heard.add(what);
            if (fails) {
                throw new IllegalStateException("an event consumer of the application");
            }
        }

        @Override
        public @Nullable Rejection enter() {
            note("enter");
            return answer;
        }

        @Override
        public void ended(Outcome outcome, long elapsedNanos) {
            note("ended " + elapsedNanos);
        }

        @Override
        public void withdrawn() {
            note("withdrawn");
        }
    }

    @Test
    void a_guard_that_fails_gives_leave_and_breaks_nothing() {
        SafeGuard guard = new SafeGuard(new Noting(new Rejection(Reason.LIMITED, "full"), true));
        assertThat(guard.enter()).isNull();
        assertThatCode(() -> guard.ended(Outcome.SUCCESS, 7)).doesNotThrowAnyException();
        assertThatCode(guard::withdrawn).doesNotThrowAnyException();
        assertThat(heard).containsExactly("enter", "ended 7", "withdrawn");
    }

    @Test
    void one_that_works_is_heard() {
        Rejection full = new Rejection(Reason.LIMITED, "full");
        assertThat(new SafeGuard(new Noting(full, false)).enter()).isSameAs(full);
        assertThat(new SafeGuard(new Noting(null, false)).enter()).isNull();
    }
}
