package org.jooqoutbox.jooq;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;

/** Claims on one outbox, and what they remember from one to the next. Safe for use by many threads. */
final class Claims {

    private final String outbox;
    private final Statements statements;
    private final AtomicInteger count = new AtomicInteger();
    private final KeyedTurns keyedTurns = new KeyedTurns();
    private final LowerBounds bounds;

    Claims(String outbox, Statements statements) {
        this(outbox, statements, new LowerBounds(System::nanoTime));
    }

    Claims(String outbox, Statements statements, LowerBounds bounds) {
        this.bounds = bounds;
        this.outbox = outbox;
        this.statements = statements;
    }

    Claim claim(OwnTransactions own, ClaimRequest request) {
        ClaimAttempt attempt = begin(request);
        return end(own, attempt, send(own, attempt));
    }

    /** A claim for the caller to send. What came of it is to be given to {@link #end}, after the commit. */
    ClaimAttempt begin(ClaimRequest request) {
        return attempt(request, keyedTurns.next());
    }

    /** What the attempt has claimed; where it found nothing only because it looked for no ordering keys, what another one does. */
    Claim end(OwnTransactions own, ClaimAttempt attempt, ClaimResult result) {
        learn(attempt, result);
        if (!attempt.overlookedKeyed(result.claim())) {
            return result.claim();
        }
        ClaimAttempt again = attempt(attempt.request(), keyedTurns.ofKeyed());
        ClaimResult ofKeyed = send(own, again);
        learn(again, ofKeyed);
        return ofKeyed.claim();
    }

    private ClaimAttempt attempt(ClaimRequest request, KeyedTurns.Turn turn) {
        return new ClaimAttempt(request, rotated(request.kinds()), turn, bounds.next(request.kinds()));
    }

    private ClaimResult send(OwnTransactions own, ClaimAttempt attempt) {
        return own.runOften(configuration ->
                attempt.statement(statements).read(configuration, attempt.values(), reader(attempt)::read));
    }

    /** For the answer to an attempt. */
    ClaimReader reader(ClaimAttempt attempt) {
        return new ClaimReader(outbox, attempt.from().isSweep());
    }

    /** Whether it takes long to look at everything that may be due. */
    boolean areSlow() {
        return bounds.isSlow();
    }

    /** For when messages became due that may lie before those that were claimed last. */
    void becameDue() {
        bounds.forget();
    }

    private void learn(ClaimAttempt attempt, ClaimResult result) {
        if (attempt.tookAll(result.claim())) {
            bounds.learn(
                    attempt.from(),
                    attempt.reached(result, LowerBounds.SLACK),
                    attempt.reached(result, LowerBounds.SHORT_SLACK),
                    result.searchedInVain());
        } else {
            bounds.forget();
        }
        keyedTurns.learn(attempt.turn(), result, attempt.leftRoom(result.claim()));
    }

    /** The kinds in another order at each claim, so that one with a backlog does not keep the others waiting. */
    private List<String> rotated(Set<String> kinds) {
        List<String> rotated = new ArrayList<>(kinds);
        Collections.rotate(rotated, count.getAndIncrement());
        return rotated;
    }
}
