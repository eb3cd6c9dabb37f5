package org.jooqoutbox.jooq;

import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the claims of a repository remember of ordering keys: whether there are any, where to look next, and whether the messages without a key
 * leave room. All of it is a hint: it decides how soon a message is met, not whether it may be taken. Safe for use by many threads.
 */
final class KeyedTurns {

    /** Claims at the same time go on from different places, or they would all walk over what the first one holds. */
    private final Deque<Optional<String>> cursors = new ConcurrentLinkedDeque<>();

    private volatile boolean keyed = true;
    private volatile boolean roomy;
    private final AtomicInteger turns = new AtomicInteger();

    /** What the next claim looks for. Each turn that led to a claim is {@link #learn learnt} from. */
    Turn next() {
        return keyed ? withKeyed(roomy) : new Turn(ClaimStatement.Form.UNKEYED, null, false, false);
    }

    /** One that looks for messages with keys, and leaves little to others. */
    Turn ofKeyed() {
        return withKeyed(true);
    }

    void learn(Turn turn, ClaimResult result, boolean roomy) {
        keyed = result.keyed();
        this.roomy = roomy;
        if (turn.form() == ClaimStatement.Form.WITH_KEYED) {
            cursors.addFirst(Optional.ofNullable(result.isOfOneSuspect() ? turn.cursor() : result.cursor()));
        }
    }

    private Turn withKeyed(boolean roomy) {
        Optional<String> cursor = cursors.pollFirst();
        return new Turn(
                ClaimStatement.Form.WITH_KEYED,
                cursor == null ? null : cursor.orElse(null),
                roomy,
                turns.getAndIncrement() % 2 == 0);
    }

    /**
     * How a claim goes about keys.
     *
     * @param cursor the key after which it begins; null for the beginning
     * @param roomy whether messages without a key left room in the last claim
     * @param first whether those with a key get the odd place
     */
    record Turn(ClaimStatement.Form form, @Nullable String cursor, boolean roomy, boolean first) {

        /**
         * How many of so many may have a key: half of them, or all but one where the others leave room. That one finds out whether they still
         * do. A single place is given to each in turn.
         */
        int share(int most) {
            return roomy ? Math.max(1, most - 1) : (most + (first ? 1 : 0)) / 2;
        }

        /** Whether it takes as many messages with keys as it can. */
        boolean isOfKeyed() {
            return roomy && form == ClaimStatement.Form.WITH_KEYED;
        }
    }
}
