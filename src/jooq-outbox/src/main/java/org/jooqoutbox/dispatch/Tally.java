package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/** Counts what happens; read from any thread. */
final class Tally implements DispatchListener {

    private final LongAdder claimed = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dead = new LongAdder();
    private final LongAdder postponed = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder released = new LongAdder();
    private final LongAdder leasesLost = new LongAdder();
    private final LongAdder unconfirmed = new LongAdder();

    @Override
    public void claimed(Claim claim) {
        claimed.add(claim.messages().size()
                + claim.deadLettered().size()
                + claim.expired().size());
    }

    @Override
    public void delivered(Message message) {
        delivered.increment();
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        failed.increment();
    }

    @Override
    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
        dead.increment();
    }

    @Override
    public void postponed(Message message, String reason, Duration retryAfter) {
        postponed.increment();
    }

    @Override
    public void expired(Message message) {
        expired.increment();
    }

    @Override
    public void released(Message message) {
        released.increment();
    }

    @Override
    public void leaseLost(Message message) {
        leasesLost.increment();
    }

    @Override
    public void unconfirmed(Message message) {
        unconfirmed.increment();
    }

    Worker.StopReport report(int leftBehind, boolean stopped) {
        return new Worker.StopReport(
                claimed.sum(),
                delivered.sum(),
                failed.sum(),
                postponed.sum(),
                dead.sum(),
                expired.sum(),
                released.sum(),
                leasesLost.sum(),
                unconfirmed.sum(),
                leftBehind,
                stopped && leftBehind == 0);
    }
}
