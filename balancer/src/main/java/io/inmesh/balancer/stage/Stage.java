package io.inmesh.balancer.stage;

/** One step between a set and a picker. Pure: the same layout gives the same layout, and nothing else changes. */
@FunctionalInterface
public interface Stage {

    /** Takes the step. */
    Layout apply(Layout layout);

    /** This step and then that one, as one. */
    default Stage then(Stage next) {
        return layout -> next.apply(apply(layout));
    }
}
