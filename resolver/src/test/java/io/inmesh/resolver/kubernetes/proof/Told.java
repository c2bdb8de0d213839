package io.inmesh.resolver.kubernetes.proof;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.Unresolved;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a resolver has told: every message, and what holds now, as a balancer would see it (a trouble replaces nothing). */
public class Told implements Resolver.Listener {

    // All guarded by this: written by the resolver's threads, read by tests.
    private final List<Object> messages = new ArrayList<>();
    private @Nullable Object fact;
    private Course course = new Course(List.of());
    private boolean onCourse; // Something is expected.

    @Override
    public synchronized void onUpdate(EndpointSet set) {
        messages.add(set);
        fact = set;
        if (onCourse) {
            course.told(set);
        }
    }

    @Override
    public synchronized void onUnresolved(Unresolved unresolved) {
        messages.add(unresolved);
        if (onCourse) {
            course.told(unresolved);
        }
        if (unresolved.reason().replacesKnownSet()) {
            fact = unresolved;
        }
    }

    /** From now on each set is checked as it comes. */
    synchronized void expect(Course newCourse) {
        course = newCourse;
        onCourse = true;
    }

    /** What was told and should not have been, since something is expected. */
    synchronized List<String> strays() {
        return course.strays();
    }

    /** The set, or the {@link Unresolved} that replaced it; null before the first of them. */
    public synchronized @Nullable Object fact() {
        return fact;
    }

    /** The set that holds now. */
    public EndpointSet set() {
        if (fact() instanceof EndpointSet set) {
            return set;
        }
        throw new AssertionError("no set: " + fact() + ", told: " + messages());
    }

    /** Everything, in order. */
    public synchronized List<Object> messages() {
        return List.copyOf(messages);
    }

    public synchronized void forget() {
        messages.clear();
    }

    public List<EndpointSet> sets() {
        return messages().stream()
                .filter(EndpointSet.class::isInstance)
                .map(EndpointSet.class::cast)
                .toList();
    }

    public List<Unresolved> unresolved() {
        return messages().stream()
                .filter(Unresolved.class::isInstance)
                .map(Unresolved.class::cast)
                .toList();
    }

    /** True if that was told, whatever came after it. */
    public boolean heardOf(Reason reason) {
        return unresolved().stream().anyMatch(each -> each.reason() == reason);
    }

    /** The reason that holds now, or null while a set does. */
    @Nullable
    Reason reason() {
        return fact() instanceof Unresolved unresolved ? unresolved.reason() : null;
    }

    /** Addresses that may be picked now, sorted; empty without a set. */
    public List<String> usable() {
        return fact() instanceof EndpointSet set ? usable(set) : List.of();
    }

    /** Addresses of a set that may be picked, sorted. */
    public static List<String> usable(EndpointSet set) {
        return set.endpoints().stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .map(Endpoint::address)
                .sorted()
                .toList();
    }

    /** True if both were told the same in the end; as long as neither was told a fact, the same trouble. */
    static boolean same(Told one, Told other) {
        Object known = one.fact();
        Object expected = other.fact();
        if (known == null && expected == null) {
            return one.trouble() != null && one.trouble() == other.trouble();
        }
        return same(known, expected);
    }

    /** The reason of the last trouble, null if there was none. */
    private @Nullable Reason trouble() {
        List<Unresolved> all = unresolved();
        return all.isEmpty() ? null : all.get(all.size() - 1).reason();
    }

    /** True if both say the same of a service, whatever their revisions. */
    public static boolean same(@Nullable Object one, @Nullable Object other) {
        if (one instanceof EndpointSet set && other instanceof EndpointSet otherSet) {
            return set.sameContent(otherSet);
        }
        return one != null && one.equals(other);
    }
}
