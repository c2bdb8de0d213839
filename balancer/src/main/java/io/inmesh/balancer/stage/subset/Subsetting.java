package io.inmesh.balancer.stage.subset;

import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Layout.Candidate;
import io.inmesh.balancer.stage.Layout.Group;
import io.inmesh.balancer.stage.Layout.Priority;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Leaves this process its part of the endpoints. A pure function of the set, the size, and who this process is among how many: health never
 * changes who is chosen, but for each unhealthy or quiesced one among the chosen the next in order is added.
 *
 * <p>Those that linger, which were of the part before it changed, stay beside it until the door has reached the ones that come in their place.
 *
 * <p>Each group of a priority gives a part of the size by the number of its endpoints, rounded up, so that every locality is kept. A priority
 * of no more than twice the size is left whole: little would be saved, and much would depend on chance.
 *
 * @param config how, and how many
 * @param situation the seed, and the rank of this process among its peers; without a rank every way is {@code RANDOM}
 * @param hash of a text, unsigned
 */
public record Subsetting(SubsetConfig config, Situation situation, ToLongFunction<String> hash) implements Stage {

    /** A set of less than that many times the size is left whole. */
    private static final int WORTHWHILE = 2;

    @Override
    public Layout apply(Layout layout) {
        return config.mode() == SubsetConfig.Mode.OFF ? layout : layout.mapPriorities(this::partOf);
    }

    private Priority partOf(Priority priority) {
        long all = 0;
        for (Group group : priority.groups()) {
            all += group.candidates().size();
        }
        long size = config.effectiveSize();
        if (all <= WORTHWHILE * size) {
            return priority;
        }
        long total = all;
        return priority.mapGroups(group -> {
            int part = Math.toIntExact((size * group.candidates().size() + total - 1) / total);
            return part == 0 ? group : group.withCandidates(withLingering(group.candidates(), part));
        });
    }

    private List<Candidate> withLingering(List<Candidate> from, int size) {
        List<Candidate> chosen = chosen(from, size);
        if (from.stream().noneMatch(candidate -> candidate.member().lingers())) {
            return chosen; // As nearly always.
        }
        IdentityHashMap<Member, Candidate> byMember = new IdentityHashMap<>();
        chosen.forEach(candidate -> byMember.put(candidate.member(), candidate));
        List<Candidate> both = new ArrayList<>(chosen.size());
        for (Candidate candidate : from) {
            Candidate kept = byMember.get(candidate.member());
            if (kept != null || candidate.member().lingers()) {
                both.add(kept == null ? candidate : kept);
            }
        }
        return both;
    }

    private List<Candidate> chosen(List<Candidate> from, int size) {
        boolean ranked = situation.peers().hasRank();
        int rank = situation.peers().rank();
        int peers = situation.peers().endpoints().size();
        return switch (ranked ? config.mode() : SubsetConfig.Mode.RANDOM) {
            case OFF -> from;
            case RANDOM -> grown(from, size, new RandomOrder(hashes(from), situation.seed()));
            case DETERMINISTIC -> grown(from, size, new DeterministicOrder(from.size(), size, rank));
            case APERTURE -> new Aperture(rank, peers).chosen(from, size);
            case ROCKSTEADIER -> grown(from, size, new LotOrder(hashes(from), rank));
        };
    }

    private long[] hashes(List<Candidate> from) {
        return from.stream()
                .mapToLong(candidate ->
                        hash.applyAsLong(candidate.member().endpoint().hashKey()))
                .toArray();
    }

    /** As many of the first as makes the size without the unhealthy and the quiesced, in canonical order. */
    private static List<Candidate> grown(List<Candidate> from, int size, Order order) {
        boolean[] chosen = order.first(size);
        int count = size;
        int wanted = Math.min(from.size(), size + unhealthy(from, chosen));
        while (wanted > count) {
            count = wanted;
            chosen = order.first(count);
            wanted = Math.min(from.size(), size + unhealthy(from, chosen));
        }
        List<Candidate> kept = new ArrayList<>(count);
        for (int i = 0; i < chosen.length; i++) {
            if (chosen[i]) {
                kept.add(from.get(i));
            }
        }
        return kept;
    }

    private static int unhealthy(List<Candidate> from, boolean[] chosen) {
        int unhealthy = 0;
        for (int i = 0; i < chosen.length; i++) {
            if (chosen[i] && isMissed(from.get(i))) {
                unhealthy++;
            }
        }
        return unhealthy;
    }

    /** True for one of the part in whose place another is added: it gets nothing, or nothing good comes of it. */
    static boolean isMissed(Candidate candidate) {
        return !candidate.isHealthy() || !candidate.hasWeight();
    }
}
