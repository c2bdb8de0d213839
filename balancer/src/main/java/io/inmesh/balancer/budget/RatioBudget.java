package io.inmesh.balancer.budget;

import io.inmesh.api.time.NanoClock;

/**
 * A share of the requests of the last ten seconds, and a few a second besides (Finagle's {@code RetryBudget}, 20 % and 10 by default). The few
 * come one second at a time: a total outage of n seconds costs n times as many and no more, where Finagle lets those of ten seconds go at once.
 */
final class RatioBudget implements RetryBudget {
    private final RecentShare share;
    private final int minPerSecond;
    private final RecentCounts reserve;

    RatioBudget(int percent, int minPerSecond, NanoClock clock) {
        long origin = clock.nanoTime();
        this.share = new RecentShare(percent, clock, origin);
        this.minPerSecond = minPerSecond;
        this.reserve = new RecentCounts(clock, origin);
    }

    @Override
    public void deposit() {
        share.deposit();
    }

    @Override
    public boolean tryWithdraw() {
        return share.take() != 0 || tryReserve();
    }

    private boolean tryReserve() {
        long slice = reserve.slice();
        reserve.add(slice);
        if (reserve.within(slice) <= minPerSecond) {
            return true;
        }
        reserve.remove(slice);
        return false;
    }
}
