package io.inmesh.balancer.stage;

import io.inmesh.balancer.state.Member;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which members may be picked and with what weight, on the way from the set to the picker.
 *
 * @param candidates in canonical order
 */
public record Layout(List<Candidate> candidates) {

    /** Copies the list. */
    public Layout {
        candidates = List.copyOf(candidates);
    }

    /** Every member, with the weight its endpoint has. */
    public static Layout of(Collection<? extends Member> members) {
        return new Layout(members.stream()
                .map(member -> new Candidate(member, member.endpoint().weight()))
                .toList());
    }

    /** The layout without the candidates that fail the test. */
    public Layout keep(Predicate<Candidate> test) {
        return new Layout(candidates.stream().filter(test).toList());
    }

    /**
     * One member and the weight it has so far.
     *
     * @param member the member
     * @param weight its weight, 0 or more
     */
    public record Candidate(Member member, double weight) {}
}
