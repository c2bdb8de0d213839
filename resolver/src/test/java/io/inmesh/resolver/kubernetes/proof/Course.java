package io.inmesh.resolver.kubernetes.proof;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Unresolved;
import java.util.ArrayList;
import java.util.List;

/**
 * The sets that may be told, in their order: each one told must be that of before, or a later one. Whatever else is told, be it a set that
 * lacks an endpoint that lives, one that holds an endpoint that is gone, one that was overtaken, or a reason that replaces a set, is a
 * stray, however briefly it stood.
 *
 * <p>Threads: one at a time.
 */
final class Course {
    private final List<List<String>> steps;
    private final List<String> strays = new ArrayList<>();
    private int at;

    Course(List<List<String>> steps) {
        this.steps = List.copyOf(steps);
    }

    void told(EndpointSet set) {
        List<String> usable = Told.usable(set);
        int step = steps.subList(at, steps.size()).indexOf(usable);
        if (step < 0) {
            strays.add(usable + " (expected: one of " + steps.subList(at, steps.size()) + ")");
        } else {
            at += step;
        }
    }

    void told(Unresolved unresolved) {
        if (unresolved.reason().replacesKnownSet()) {
            strays.add(unresolved.toString());
        }
    }

    /** What should not have been told. */
    List<String> strays() {
        return List.copyOf(strays);
    }
}
