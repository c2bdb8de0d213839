package io.inmesh.balancer.grpc;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.balancer.state.Member;
import org.jspecify.annotations.Nullable;

/**
 * What all streams of a kind to a member have in common: kept once, so that a stream costs no more than what is its own.
 *
 * @param member where they run
 * @param pace what their time says
 * @param classifier what their ends mean
 */
record Place(Member member, Pace pace, OutcomeClassifier classifier) {
    Endpoint endpoint() {
        return member.endpoint();
    }

    /** A stream begins. */
    Lease begin() {
        if (pace == Pace.CONVERSATION) {
            return member.beginConversation();
        }
        Lease begun = member.begin();
        if (pace != Pace.SINGLE) {
            begun.streams();
        }
        return begun;
    }

    /** The first message is there. */
    void answered(@Nullable Lease lease) {
        if (lease != null) {
            lease.answered();
        }
    }
}
