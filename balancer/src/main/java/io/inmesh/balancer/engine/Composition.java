package io.inmesh.balancer.engine;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.pick.GroupedPicker;
import io.inmesh.balancer.pick.hash.KeyedPriorities;
import io.inmesh.balancer.stage.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From a layout to one picker: a picker of the policy for each group that has a share, and above them, where there are several, one that
 * draws the group. Remembers each group's picker, so that its sequence goes on.
 *
 * <p>Threads: one balancer's lane.
 */
final class Composition {
    private final Engine engine;

    private String lastPolicy = "";
    private Map<String, Picker> last = new HashMap<>();

    Composition(Engine engine) {
        this.engine = engine;
    }

    /** Candidates that one picker chooses from, and what part of all requests it gets. */
    private record Part(String name, double share, List<Layout.Candidate> candidates) {}

    /** The picker of that layout, which is not empty. Whatever the policy throws is thrown. */
    Picker pickerOf(Layout layout, PickerFactory policy) {
        return policy.followsKey() ? byKey(layout, policy) : byShare(layout, policy);
    }

    private Picker byShare(Layout layout, PickerFactory policy) {
        List<Part> parts = new ArrayList<>();
        int priorities = layout.priorities().size();
        for (int i = 0; i < priorities; i++) {
            Layout.Priority priority = layout.priorities().get(i);
            double shares = shares(priority);
            for (Layout.Group group : priority.groups()) {
                if (counts(priority, group)) {
                    String name = i + "/" + group.locality();
                    parts.add(new Part(name, priority.load() * group.share() / shares, group.candidates()));
                }
            }
        }
        List<Picker> pickers = make(parts, policy);
        return pickers.size() == 1
                ? pickers.get(0)
                : new GroupedPicker(pickers, parts.stream().map(Part::share).toList(), engine.random());
    }

    private Picker byKey(Layout layout, PickerFactory policy) {
        List<Part> parts = new ArrayList<>();
        List<Integer> loads = new ArrayList<>();
        for (int i = 0; i < layout.priorities().size(); i++) {
            Layout.Priority priority = layout.priorities().get(i);
            List<Layout.Candidate> candidates = new ArrayList<>();
            for (Layout.Group group : priority.groups()) {
                if (counts(priority, group)) {
                    candidates.addAll(group.candidates());
                }
            }
            if (!candidates.isEmpty()) {
                parts.add(new Part(i + "/", priority.load(), candidates));
                loads.add(priority.load());
            }
        }
        List<Picker> pickers = make(parts, policy);
        return pickers.size() == 1 ? pickers.get(0) : new KeyedPriorities(pickers, loads, engine.random());
    }

    private static double shares(Layout.Priority priority) {
        return priority.groups().stream()
                .filter(group -> counts(priority, group))
                .mapToDouble(Layout.Group::share)
                .sum();
    }

    private static boolean counts(Layout.Priority priority, Layout.Group group) {
        return priority.load() > 0 && group.share() > 0 && !group.candidates().isEmpty();
    }

    private List<Picker> make(List<Part> parts, PickerFactory policy) {
        // Of another policy nothing can be carried on. Of other settings of the same it can.
        Map<String, Picker> before = policy.name().equals(lastPolicy) ? last : Map.of();
        Map<String, Picker> made = new HashMap<>();
        List<Picker> pickers = new ArrayList<>(parts.size());
        for (Part part : parts) {
            Picker picker = make(part.candidates(), policy, before.get(part.name()));
            made.put(part.name(), picker);
            pickers.add(picker);
        }
        lastPolicy = policy.name();
        last = made;
        return pickers;
    }

    private Picker make(List<Layout.Candidate> candidates, PickerFactory policy, @Nullable Picker before) {
        List<EndpointView> endpoints = new ArrayList<>(candidates.size());
        for (Layout.Candidate candidate : candidates) {
            candidate.member().setWeight(candidate.weight());
            endpoints.add(candidate.member());
        }
        return policy.newPicker(new PickerFactory.Input(endpoints, engine.random(), engine.clock(), before));
    }

    /** Whether requests could be given to those: priorities and groups without a share have no picker. */
    static List<Layout.Candidate> chosenFrom(Layout layout) {
        List<Layout.Candidate> all = new ArrayList<>();
        for (Layout.Priority priority : layout.priorities()) {
            for (Layout.Group group : priority.groups()) {
                if (counts(priority, group)) {
                    all.addAll(group.candidates());
                }
            }
        }
        return all;
    }
}
