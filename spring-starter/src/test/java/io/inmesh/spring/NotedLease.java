package io.inmesh.spring;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it was completed with. */
public final class NotedLease implements Lease {
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

    @Override
    public Endpoint endpoint() {
        return Endpoint.of("10.0.0.1", 80);
    }

    @Override
    public void answered() {
        // Not looked at.
    }

    @Override
    public void streams() {}

    @Override
    public void report(LoadReport report) {
        // Not looked at.
    }

    @Override
    public boolean complete(Outcome outcome) {
        return outcomes.add(outcome);
    }

    @Override
    public void close() {
        complete(Outcome.CANCELLED);
    }

    /** What it was completed with, the first of which counts. */
    public List<Outcome> outcomes() {
        return outcomes;
    }
}
