package io.inmesh.balancer.stage;

import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which members may be picked, with what weight and share, on the way from the set to the picker: priorities, in them groups of one locality
 * each, in them candidates. It starts as one priority with one group.
 *
 * @param priorities the most wanted first, at least one; a priority or group that has lost its candidates stays in its place, so that others
 *     keep theirs
 * @param holds after how long time alone will have changed something, or null if only news will
 */
public record Layout(List<Priority> priorities, @Nullable Duration holds) {

    /** Copies the list. */
    public Layout {
        priorities = List.copyOf(priorities);
    }

    /** Every member in one group, in the order given, with the weight its endpoint has. */
    public static Layout of(Collection<? extends Member> members) {
        List<Candidate> candidates = new ArrayList<>(members.size());
        for (Member member : members) {
            candidates.add(new Candidate(member, member.endpoint().weight(), member.health()));
        }
        return new Layout(List.of(new Priority(Priority.ALL, List.of(new Group("", 1, candidates)))), null);
    }

    /** The layout with other groups: each group as the function gives it. */
    public Layout mapGroups(UnaryOperator<Group> function) {
        return mapPriorities(priority -> priority.mapGroups(function));
    }

    /** The layout with each priority as the function gives it. */
    public Layout mapPriorities(UnaryOperator<Priority> function) {
        return new Layout(priorities.stream().map(function).toList(), holds);
    }

    /** The layout without the candidates that fail the test; itself if none does. */
    public Layout keep(Predicate<Candidate> test) {
        for (Priority priority : priorities) {
            for (Group group : priority.groups()) {
                for (Candidate candidate : group.candidates()) {
                    if (!test.test(candidate)) {
                        return mapGroups(each -> each.keep(test));
                    }
                }
            }
        }
        return this;
    }

    /** The same, but to be looked at again after that time at the latest. */
    public Layout holdingAtMost(Duration limit) {
        return holds != null && holds.compareTo(limit) <= 0 ? this : new Layout(priorities, limit);
    }

    /** True if no candidate is left that gets requests. */
    public boolean isEmpty() {
        return priorities.stream().allMatch(Priority::isEmpty);
    }

    /** The candidates that get requests, priority by priority and group by group; {@link #candidates()} are those that may. */
    public List<Candidate> serving() {
        List<Candidate> all = new ArrayList<>();
        for (Priority priority : priorities) {
            priority.serving().forEach(group -> all.addAll(group.candidates()));
        }
        return all;
    }

    /** Every candidate, priority by priority and group by group. */
    public List<Candidate> candidates() {
        if (priorities.size() == 1 && priorities.get(0).groups().size() == 1) {
            return priorities.get(0).groups().get(0).candidates();
        }
        List<Candidate> all = new ArrayList<>();
        priorities.forEach(priority -> all.addAll(priority.candidates()));
        return all;
    }

    /** The candidates that get no request while those that serve are there, the most wanted first. */
    public List<Candidate> heldBack() {
        List<Candidate> all = new ArrayList<>();
        for (Priority priority : priorities) {
            for (Group group : priority.groups()) {
                if (priority.load() == 0 || !group.isServing()) {
                    all.addAll(group.candidates());
                }
            }
        }
        return all;
    }

    /**
     * Groups that are wanted alike.
     *
     * @param load the percentage of requests that it gets
     * @param groups by locality
     */
    public record Priority(int load, List<Group> groups) {
        /** The load of the only one. */
        public static final int ALL = 100;

        /** Copies the list. */
        public Priority {
            groups = List.copyOf(groups);
        }

        /** The same with another load. */
        public Priority withLoad(int newLoad) {
            return new Priority(newLoad, groups);
        }

        /** The same with each group as the function gives it. */
        public Priority mapGroups(UnaryOperator<Group> function) {
            return new Priority(load, groups.stream().map(function).toList());
        }

        /** The same with other groups. */
        public Priority withGroups(List<Group> newGroups) {
            return new Priority(load, newGroups);
        }

        /** The groups that get requests: none without a load, and none without a share or without candidates. */
        public List<Group> serving() {
            return load == 0
                    ? List.of()
                    : groups.stream().filter(Group::isServing).toList();
        }

        /** True if none of its candidates gets requests. */
        public boolean isEmpty() {
            return load == 0 || groups.stream().noneMatch(Group::isServing);
        }

        /** Every candidate, group by group. */
        public List<Candidate> candidates() {
            return groups.stream().flatMap(group -> group.candidates().stream()).toList();
        }
    }

    /**
     * Candidates of one locality.
     *
     * @param locality what they have in common: a zone, or a tier such as {@code node}; empty if nothing
     * @param share what it gets of its priority's requests, as against the other groups'; 0 or more
     * @param candidates in canonical order
     * @param total how many candidates with a weight it had before health was asked; as many as it has, where health was not asked yet
     */
    public record Group(String locality, double share, List<Candidate> candidates, int total) {
        /** Copies the list. */
        public Group {
            candidates = List.copyOf(candidates);
        }

        /** Of candidates whose health was not asked yet. */
        public Group(String locality, double share, List<Candidate> candidates) {
            this(locality, share, candidates, carriers(candidates));
        }

        private static int carriers(List<Candidate> candidates) {
            int count = 0;
            for (Candidate candidate : candidates) {
                count += candidate.hasWeight() ? 1 : 0;
            }
            return count;
        }

        /** How many of its candidates have a weight. */
        public int carriers() {
            return carriers(candidates);
        }

        /** True if it gets requests, as far as it decides. */
        private boolean isServing() {
            return share > 0 && !candidates.isEmpty();
        }

        /** The same with another share. */
        public Group withShare(double newShare) {
            return new Group(locality, newShare, candidates, total);
        }

        /** The same without candidates that health keeps out; {@link #total()} still counts them. */
        public Group withHealthy(List<Candidate> healthy) {
            return new Group(locality, share, healthy, total);
        }

        /** The same with other candidates. */
        public Group withCandidates(List<Candidate> newCandidates) {
            return new Group(locality, share, newCandidates);
        }

        /** The same without the candidates that fail the test. */
        public Group keep(Predicate<Candidate> test) {
            return withCandidates(candidates.stream().filter(test).toList());
        }

        /** The same with each candidate as the function gives it. */
        public Group map(UnaryOperator<Candidate> function) {
            return withCandidates(candidates.stream().map(function).toList());
        }
    }

    /**
     * One member and what is made of it so far.
     *
     * @param member the member
     * @param weight its weight, 0 or more
     * @param health whether it is to be trusted with requests
     */
    public record Candidate(Member member, double weight, Member.Health health) {
        /** The same with another weight. */
        public Candidate withWeight(double newWeight) {
            return new Candidate(member, newWeight, health);
        }

        /** True if it may get new requests: weight 0 quiesces. */
        public boolean hasWeight() {
            return weight > 0;
        }

        /** True if it is to be chosen as any other: who is on trial is, or he would never be tried. */
        public boolean isHealthy() {
            return health == Member.Health.HEALTHY || health == Member.Health.TRIAL;
        }
    }
}
