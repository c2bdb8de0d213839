package io.inmesh.samples.benchmarks.sim;

/** What a server has learnt of its own latency, to answer probes with. */
interface LatencyEstimate {

    /**
     * A request was answered.
     *
     * @param ahead how many requests it found when it arrived
     */
    void record(int ahead, long latencyNanos);

    /** What a request is expected to take that finds so many, in nanoseconds; 0 while nothing is known. */
    double at(int ahead);

    /** The trap: an average of what was answered, which stays as it was while a server that was slow is not asked. */
    static LatencyEstimate average(double newestShare) {
        return new LatencyEstimate() {
            private double estimate = Double.NaN;

            @Override
            public void record(int ahead, long latencyNanos) {
                estimate = Double.isNaN(estimate) ? latencyNanos : estimate + newestShare * (latencyNanos - estimate);
            }

            @Override
            public double at(int ahead) {
                return Double.isNaN(estimate) ? 0 : estimate;
            }
        };
    }
}
