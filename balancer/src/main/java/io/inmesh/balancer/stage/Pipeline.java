package io.inmesh.balancer.stage;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stages of one balancer, each at its place. Immutable. */
public final class Pipeline {
    private final Map<Place, Stage> stages;

    private Pipeline(Map<Place, Stage> stages) {
        this.stages = new EnumMap<>(stages);
    }

    /** What every balancer does: leaves out the unusable and the quiesced. */
    public static Pipeline standard() {
        return new Pipeline(Map.of(
                Place.ELIGIBLE,
                layout -> layout.keep(
                        candidate -> candidate.member().endpoint().usability().isUsable()),
                Place.WEIGHT,
                layout -> layout.keep(candidate -> candidate.weight() > 0)));
    }

    /** Runs the stages in their order, up to the first that leaves nothing. */
    public Arranged arrange(Layout layout) {
        Layout arranged = layout;
        for (Place place : Place.values()) {
            arranged = stages.getOrDefault(place, Stage.IDENTITY).apply(arranged);
            if (arranged.candidates().isEmpty()) {
                return new Arranged(arranged, place);
            }
        }
        return new Arranged(arranged, null);
    }

    /**
     * What came out.
     *
     * @param layout what may be picked
     * @param emptiedAt where the last candidate was lost, or null if some are left
     */
    public record Arranged(Layout layout, @Nullable Place emptiedAt) {}
}
