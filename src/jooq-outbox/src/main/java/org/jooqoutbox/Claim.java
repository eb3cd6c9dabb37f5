package org.jooqoutbox;

import java.time.Instant;
import java.util.List;

/**
 * What a claim found and took.
 *
 * @param messages what is now the claimer's until the lease ends; when the first has {@link Message#unsettled} above zero, it is alone
 * @param deadLettered what had died too often while alone, and became a dead letter instead
 * @param expired what had outlived its time to live, and was set aside instead
 * @param seen due messages that the claim looked at, up to its limit. Only zero, with {@link Coverage#ALL}, means that nothing is due: a
 *     message that changed at the same moment is seen but not taken
 * @param picked how many of those it tried to take
 * @param suspects how many of those it saw had a last delivery without a result, and have not expired
 * @param coverage how much of what may be due was looked at
 * @param at the database's time
 */
public record Claim(
        List<Message> messages,
        List<Message> deadLettered,
        List<Message> expired,
        int seen,
        int picked,
        int suspects,
        Coverage coverage,
        Instant at) {

    /** Copies the lists. */
    public Claim {
        messages = List.copyOf(messages);
        deadLettered = List.copyOf(deadLettered);
        expired = List.copyOf(expired);
    }

    /** How much of what may be due a claim looked at, its limit aside. */
    public enum Coverage {

        /** All of it. */
        ALL,

        /**
         * What became due lately. Older messages are met by the next claim that looks at all of it, after a pause of at least a second and of
         * twenty times as long as the last one took: where many dead rows are kept for an old snapshot, they are not walked each time.
         */
        RECENT,

        /** A part of the ordering keys, or as many of them as were to be taken. The next claim goes on from there, and should follow at once. */
        PART
    }

    /**
     * What a settlement and the claim after it gave, where both were done at once.
     *
     * @param verdicts a verdict for each settlement, in their order
     * @param claim what the claim found and took
     */
    public record WithVerdicts(List<Settlement.Verdict> verdicts, Claim claim) {

        /** Copies the list. */
        public WithVerdicts {
            verdicts = List.copyOf(verdicts);
        }
    }
}
