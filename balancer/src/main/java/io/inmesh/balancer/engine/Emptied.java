package io.inmesh.balancer.engine;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;

/** What a request is told where stages have left nobody: it depends on which of them left out the last. */
final class Emptied {
    private Emptied() {}

    /** What to say where the last candidate was lost at that place. */
    static Rejection at(Place emptiedAt, Target target, EndpointSet set, Situation situation) {
        Unresolved nothingUsable = set.nothingUsable();
        return switch (emptiedAt) {
            case ELIGIBLE ->
                nothingUsable == null
                        ? new Rejection(
                                Reason.NO_ENDPOINTS,
                                target + ": no endpoint is usable; check the readiness of its pods")
                        : Rejection.of(nothingUsable);
            case GROUP, LOCALITY_SHARE ->
                new Rejection(Reason.NO_LOCAL_ENDPOINTS, target + ": " + PlaceNotices.nothingLocal(situation.client()));
            case WEIGHT, QUIESCED ->
                new Rejection(
                        Reason.NO_ENDPOINTS,
                        target
                                + ": all quiesced, every usable endpoint has weight 0, its own or its zone's (locality.weights); give one of them a weight above 0");
            case ROUTE, SUBSET, AWAITED, IN_PLAY, PRIORITY_LOAD, HEALTH, AT_HAND ->
                new Rejection(
                        Reason.ALL_EJECTED,
                        target + ": health keeps every usable endpoint out; see why each was ejected");
        };
    }
}
