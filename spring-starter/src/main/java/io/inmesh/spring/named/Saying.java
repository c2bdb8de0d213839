package io.inmesh.spring.named;

import io.inmesh.api.Resolver;
import io.inmesh.api.Unresolved;

/**
 * Says one thing and watches nothing.
 *
 * @param text what
 */
record Saying(Unresolved text) implements Resolver {

    @Override
    public void start(Listener listener) {
        listener.onUnresolved(text);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
