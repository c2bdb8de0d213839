package io.inmesh.balancer.stage;

/** One step between a set and a picker. Pure: the same layout gives the same layout, and nothing else changes. */
@FunctionalInterface
public interface Stage {

    /** Lets everything through as it is. */
    Stage IDENTITY = layout -> layout;

    /** Takes the step. */
    Layout apply(Layout layout);
}
