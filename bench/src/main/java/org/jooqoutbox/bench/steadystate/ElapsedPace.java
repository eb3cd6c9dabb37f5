package org.jooqoutbox.bench.steadystate;

import java.util.concurrent.TimeUnit;

/** A fixed rate. While full batches are due they come without a pause, else one at a time. */
final class ElapsedPace implements Pace {

    private final int batchMax;
    private final long batchNanos;
    private final Credit credit;
    private long nextAt = System.nanoTime();

    ElapsedPace(SteadyStateSettings settings) {
        this.batchMax = settings.batchMax();
        this.batchNanos = settings.batchEvery().toNanos();
        this.credit = new Credit(settings.rate(), nextAt);
    }

    @Override
    public int next() throws InterruptedException {
        while (true) {
            TimeUnit.NANOSECONDS.sleep(nextAt - System.nanoTime());
            long now = System.nanoTime();
            int due = credit.take(now, batchMax);
            nextAt = due == batchMax ? now : now + batchNanos;
            if (due > 0) {
                return due;
            }
        }
    }
}
