package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.time.Instant;
import org.jooqoutbox.Message;

/**
 * A claimed message and what is known of its lease.
 *
 * <p>The lease is reckoned from before the statement was sent that took or renewed it: here it never ends later than in the database.
 */
final class Held {

    private final Message message;
    private final Duration ageAtClaim;
    private final long claimedAt;
    private long leaseEnd;
    private long renewAt;
    private boolean renewalFailed;
    private boolean lost;

    /**
     * A message that was just claimed.
     *
     * @param databaseTime when, by the database's clock
     * @param claimedAt when, by ours
     */
    Held(Message message, Instant databaseTime, long claimedAt) {
        this.message = message;
        this.ageAtClaim = Duration.between(message.createdAt(), databaseTime);
        this.claimedAt = claimedAt;
    }

    Message message() {
        return message;
    }

    /** Whether its last delivery ended without a result: it may be what killed that process. */
    boolean suspect() {
        return message.unsettled() > 0;
    }

    void leased(long leaseEnd, long renewAt) {
        this.leaseEnd = leaseEnd;
        this.renewAt = renewAt;
        this.renewalFailed = false;
    }

    void renewalFailed(long renewAt) {
        this.renewAt = renewAt;
        this.renewalFailed = true;
    }

    boolean renewalFailed() {
        return renewalFailed;
    }

    long leaseEnd() {
        return leaseEnd;
    }

    long renewAt() {
        return renewAt;
    }

    /** How old the message is. */
    Duration age(long now) {
        return ageAtClaim.plusNanos(now - claimedAt);
    }

    /** Whether somebody else has it by now, as far as is known. */
    boolean isLost() {
        return lost;
    }

    /** Somebody else has it by now. Returns false when that was known. */
    boolean lose() {
        boolean news = !lost;
        lost = true;
        return news;
    }

    @Override
    public String toString() {
        return message.toString();
    }
}
