package io.inmesh.balancer.engine;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.pick.GroupedPicker;
import io.inmesh.balancer.pick.hash.KeyedPriorities;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From a layout to one picker: a picker of the policy for each group that has a share, and above them, where there are several, one that
 * draws the group. Remembers each group's picker, so that its sequence goes on, and that nothing is made anew where nothing has changed: layouts
 * are looked at again every 100 ms where shares follow the load.
 *
 * <p>Threads: one balancer's lane.
 */
final class Composition {
    private final Engine engine;
    private final PickerFactory.Fallback fallback;

    private @Nullable PickerFactory lastPolicy;
    private Map<String, Made> last = new HashMap<>();
    private @Nullable Composed lastComposed;

    /** Who has a picker that hears his reports; compared as objects. */
    private Set<Member> hearing = new HashSet<>(0);

    Composition(Engine engine, PickerFactory.Fallback fallback) {
        this.engine = engine;
        this.fallback = fallback;
    }

    /**
     * Candidates that one picker chooses from, and what part of all requests it gets.
     *
     * @param unavailable those that it is to know though it must not choose them
     */
    private record Part(
            String name, double share, List<Layout.Candidate> candidates, List<Layout.Candidate> unavailable) {}

    /** A part's picker, and what it was made from: the endpoints as they were then, since members change. */
    private record Made(List<Layout.Candidate> candidates, List<Layout.Candidate> unavailable, Picker picker) {
        boolean isMadeFrom(Part part, PickerFactory policy) {
            boolean weighed = policy.readsWeights();
            return isSame(candidates, part.candidates(), weighed, !policy.followsKey())
                    && isSame(unavailable, part.unavailable(), weighed, false);
        }

        boolean isOf(Set<Member> members) {
            return Stream.concat(candidates.stream(), unavailable.stream())
                    .allMatch(candidate -> members.contains(candidate.member()));
        }

        /**
         * True if they are the same, with the same weights where these matter. That some are ejected and used nevertheless matters to policies
         * that compare; to those of keys it must not, or keys would move.
         */
        private static boolean isSame(
                List<Layout.Candidate> before, List<Layout.Candidate> now, boolean weighed, boolean judged) {
            if (before.size() != now.size()) {
                return false;
            }
            for (int i = 0; i < now.size(); i++) {
                Layout.Candidate one = before.get(i);
                Layout.Candidate other = now.get(i);
                if (one.member() != other.member()
                        || (weighed && one.weight() != other.weight())
                        || (judged && isEjected(one) != isEjected(other))
                        || !one.endpoint().equals(other.endpoint())) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isEjected(Layout.Candidate candidate) {
            return candidate.health() == Member.Health.EJECTED;
        }
    }

    /** A picker above others, and what it was made from. */
    private record Composed(List<Picker> pickers, List<? extends Number> shares, Picker picker) {
        boolean isMadeFrom(List<Picker> wanted, List<? extends Number> wantedShares) {
            boolean same = pickers.size() == wanted.size() && shares.equals(wantedShares);
            for (int i = 0; same && i < wanted.size(); i++) {
                same = pickers.get(i) == wanted.get(i);
            }
            return same;
        }
    }

    /**
     * The picker of that layout, which is not empty; the same object as last time if it would be made from the same. Whatever the policy throws is
     * thrown.
     *
     * @param whole the same groups with those that health keeps out of them; null where the policy does not want to know
     */
    Picker pickerOf(Layout layout, @Nullable Layout whole, PickerFactory policy) {
        return policy.followsKey() ? byKey(layout, whole, policy) : byShare(layout, whole, policy);
    }

    /** Nobody can be picked now: what was made from endpoints that have left is let go, and what was made from these alone goes on later. */
    void keepOnly(Collection<? extends Member> members) {
        if (last.isEmpty() && hearing.isEmpty()) {
            return;
        }
        Set<Member> there = Collections.newSetFromMap(new IdentityHashMap<>());
        there.addAll(members);
        hearing.retainAll(there);
        if (last.values().removeIf(made -> !made.isOf(there))) {
            lastComposed = null;
        }
    }

    private Picker byShare(Layout layout, @Nullable Layout whole, PickerFactory policy) {
        List<Part> parts = new ArrayList<>();
        int priorities = layout.priorities().size();
        for (int i = 0; i < priorities; i++) {
            Layout.Priority priority = layout.priorities().get(i);
            List<Layout.Group> serving = priority.serving();
            double shares = serving.stream().mapToDouble(Layout.Group::share).sum();
            for (Layout.Group group : serving) {
                String name = i + "/" + group.locality();
                List<Layout.Candidate> unavailable = unavailable(whole, i, List.of(group));
                double share = priority.load() * group.share() / shares;
                parts.add(new Part(name, share, group.candidates(), unavailable));
            }
        }
        List<Picker> pickers = make(parts, policy);
        List<Double> partShares = parts.stream().map(Part::share).toList();
        return composed(pickers, partShares, () -> new GroupedPicker(pickers, partShares, engine.random()));
    }

    private Picker byKey(Layout layout, @Nullable Layout whole, PickerFactory policy) {
        List<Part> parts = new ArrayList<>();
        List<Integer> loads = new ArrayList<>();
        for (int i = 0; i < layout.priorities().size(); i++) {
            Layout.Priority priority = layout.priorities().get(i);
            List<Layout.Candidate> candidates = new ArrayList<>();
            List<Layout.Group> serving = priority.serving();
            serving.forEach(group -> candidates.addAll(group.candidates()));
            if (!candidates.isEmpty()) {
                parts.add(new Part(i + "/", priority.load(), candidates, unavailable(whole, i, serving)));
                loads.add(priority.load());
            }
        }
        List<Picker> pickers = make(parts, policy);
        return composed(pickers, loads, () -> new KeyedPriorities(pickers, loads, engine.random()));
    }

    /** Who is in those groups of a priority as a whole, but may not be chosen. */
    private static List<Layout.Candidate> unavailable(
            @Nullable Layout whole, int priority, List<Layout.Group> serving) {
        if (whole == null) {
            return List.of();
        }
        Set<Member> serve = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<String> localities = new HashSet<>();
        for (Layout.Group group : serving) {
            localities.add(group.locality());
            group.candidates().forEach(candidate -> serve.add(candidate.member()));
        }
        return whole.priorities().get(priority).groups().stream()
                .filter(group -> localities.contains(group.locality()))
                .flatMap(group -> group.candidates().stream())
                .filter(candidate -> candidate.hasWeight() && !serve.contains(candidate.member()))
                .toList();
    }

    private Picker composed(List<Picker> pickers, List<? extends Number> shares, Supplier<Picker> above) {
        if (pickers.size() == 1) {
            lastComposed = null; // Its other pickers have endpoints that may have left.
            return pickers.get(0);
        }
        Composed before = lastComposed;
        if (before == null || !before.isMadeFrom(pickers, shares)) {
            before = new Composed(pickers, shares, above.get());
            lastComposed = before;
        }
        return before.picker();
    }

    private List<Picker> make(List<Part> parts, PickerFactory policy) {
        // Of another policy nothing can be carried on. Of other settings of the same it can.
        boolean goesOn = lastPolicy != null && lastPolicy.name().equals(policy.name());
        Map<String, Made> made = new HashMap<>();
        List<Picker> pickers = new ArrayList<>(parts.size());
        for (Part part : parts) {
            for (Layout.Candidate candidate : part.candidates()) {
                candidate.member().setWeight(candidate.weight());
            }
            for (Layout.Candidate candidate : part.unavailable()) {
                candidate.member().setWeight(candidate.weight());
            }
            Made before = goesOn ? last.get(part.name()) : null;
            Made now = before != null && lastPolicy == policy && before.isMadeFrom(part, policy)
                    ? before
                    : make(part, policy, before == null ? null : before.picker());
            made.put(part.name(), now);
            pickers.add(now.picker());
        }
        tellWhoHears(parts, made, policy.readsReports());
        lastPolicy = policy;
        last = made;
        return pickers;
    }

    /** Only when all are made: if one could not be, those of before go on. Whoever serves no more, for he is ejected or outside the part, hears nothing. */
    private void tellWhoHears(List<Part> parts, Map<String, Made> made, boolean hear) {
        if (!hear && hearing.isEmpty()) {
            return; // As nearly always.
        }
        Set<Member> now = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Part part : hear ? parts : List.<Part>of()) {
            Picker picker = Objects.requireNonNull(made.get(part.name())).picker();
            for (Layout.Candidate candidate : part.candidates()) {
                candidate.member().setHearing(picker);
                now.add(candidate.member());
            }
        }
        for (Member before : hearing) {
            if (!now.contains(before)) {
                before.setHearing(null);
            }
        }
        hearing = now;
    }

    private Made make(Part part, PickerFactory policy, @Nullable Picker before) {
        Picker picker = policy.newPicker(new PickerFactory.Input(
                List.of(views(part.candidates())),
                engine.random(),
                engine.clock(),
                before,
                fallback,
                List.of(views(part.unavailable()))));
        return new Made(part.candidates(), part.unavailable(), picker);
    }

    /** Their members, as pickers see them. */
    static EndpointView[] views(List<Layout.Candidate> candidates) {
        EndpointView[] views = new EndpointView[candidates.size()];
        for (int i = 0; i < views.length; i++) {
            views[i] = candidates.get(i).member();
        }
        return views;
    }
}
