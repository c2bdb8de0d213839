package io.inmesh.samples.quickstart;

import io.inmesh.balancer.attempt.Safety;
import java.io.IOException;

/**
 * A client of service {@code orders}.
 *
 * <p>Threads: any number at once.
 */
interface OrdersClient {

    /** The door it uses. */
    Door door();

    /**
     * Finds an order (idempotent) or places one (not), and waits for the answer.
     *
     * @return the name of the pod that answered
     * @throws IOException or an unchecked exception if there is no answer: the request is lost
     */
    String call(Safety safety) throws IOException;
}
