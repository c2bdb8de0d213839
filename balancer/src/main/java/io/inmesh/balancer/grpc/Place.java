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
        Lease begun = member.begin();
        if (pace != Pace.SINGLE) {
            begun.streams();
        }
        return begun;
    }

    /** The first message is there; of a conversation it comes when the caller has said what it answers to. */
    void answered(@Nullable Lease lease) {
        if (lease != null && pace != Pace.CONVERSATION) {
            lease.answered();
        }
    }
}
