package io.inmesh.balancer.check;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.CheckConfig;
import java.util.concurrent.CompletableFuture;

/**
 * One way to ask an endpoint whether it is well.
 *
 * <p>Threads: asked on the lane of {@link ActiveChecks}, which must not wait; may answer on any.
 */
public interface Check {

    /**
     * Asks once.
     *
     * @return completes if the endpoint is well, exceptionally if it is not, with a message for people. Whoever asked cancels it when it has taken too
     *     long or is not wanted any more; then and in every other end nothing of the question may be left open
     */
    CompletableFuture<Void> ask(Endpoint endpoint);

    /** Makes the check of one mode; found by the service loader, so that those that need a library are loaded only where they are wanted. */
    interface Maker {

        /** The mode it serves. */
        CheckConfig.Mode mode();

        /**
         * Makes it.
         *
         * @throws IllegalArgumentException if a library is missing, with the coordinate to add
         */
        Check make(CheckConfig config);
    }

    /** The endpoint answered, and not well. */
    final class NotWellException extends Exception {
        private static final long serialVersionUID = 1;

        /** With what it said. */
        public NotWellException(String message) {
            super(message);
        }
    }
}
