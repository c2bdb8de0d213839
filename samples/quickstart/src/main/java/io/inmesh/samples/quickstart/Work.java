package io.inmesh.samples.quickstart;

import io.inmesh.api.time.Scheduler;
import java.time.Duration;

/**
 * What the servers of a pod do with a request: work on it for a while, then answer with the pod's name.
 *
 * @param podName whose work it is
 * @param perRequest how long a request takes
 * @param threads the pod's own; once they are closed, nothing that runs is ever answered
 */
record Work(String podName, Duration perRequest, Scheduler threads) {

    /** Works on a request, then has it answered. */
    void thenAnswer(Runnable answer) {
        threads.schedule(answer, perRequest);
    }
}
