package io.inmesh.balancer.stage;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stages of one arrangement, each at its place. Immutable. */
public final class Pipeline {
    private static final Stage USABLE =
            layout -> layout.keep(candidate -> candidate.endpoint().usability().isUsable());
    private static final Stage IN_PLAY =
            layout -> layout.keep(candidate -> candidate.member().isInPlay());
    private static final Stage NOT_QUIESCED = layout -> layout.keep(candidate -> candidate.weight() > 0);

    private final Map<Place, Stage> stages;

    private Pipeline(Map<Place, Stage> stages) {
        this.stages = stages;
    }

    /** What every balancer does: leaves out the unusable, those that are about to be connected to, and the quiesced. */
    public static Pipeline standard() {
        return new Pipeline(
                new EnumMap<>(Map.of(Place.ELIGIBLE, USABLE, Place.IN_PLAY, IN_PLAY, Place.QUIESCED, NOT_QUIESCED)));
    }

    /** The same with a stage at a place where none was. */
    public Pipeline with(Place place, Stage stage) {
        Map<Place, Stage> more = new EnumMap<>(stages);
        if (more.putIfAbsent(place, stage) != null) {
            throw new IllegalArgumentException("place " + place + " has a stage already (expected: one at each place)");
        }
        return new Pipeline(more);
    }

    /** The same without the stages behind a place. */
    public Pipeline upTo(Place last) {
        Map<Place, Stage> fewer = new EnumMap<>(stages);
        fewer.keySet().removeIf(place -> place.compareTo(last) > 0);
        return new Pipeline(fewer);
    }

    /** The same without the stages at those places. */
    public Pipeline without(Place... places) {
        Map<Place, Stage> fewer = new EnumMap<>(stages);
        List.of(places).forEach(fewer::remove);
        return new Pipeline(fewer);
    }

    /** Runs the stages in their order, up to the first that leaves nothing. */
    public Arranged arrange(Layout layout) {
        Layout arranged = layout;
        for (Place place : Place.values()) {
            Stage stage = stages.get(place);
            if (stage != null) {
                arranged = stage.apply(arranged);
            }
            if (arranged.isEmpty()) {
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
