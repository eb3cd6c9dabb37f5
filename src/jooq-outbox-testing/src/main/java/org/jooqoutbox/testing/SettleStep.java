package org.jooqoutbox.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Settlement and renewal, as the statements do them: each fenced by itself, judged by the rows as they were before the batch; of several for
 * one message the first takes effect.
 */
final class SettleStep {

    private final Map<UUID, Row> rows;
    private final long now;
    private final Set<UUID> answered = new HashSet<>();

    private SettleStep(Map<UUID, Row> rows, long now) {
        this.rows = rows;
        this.now = now;
    }

    static List<Verdict> settle(List<Settlement> settlements, Map<UUID, Row> rows, long now) {
        SettleStep step = new SettleStep(rows, now);
        return step.each(settlements, Settlement::message, step::apply);
    }

    static List<Verdict> renew(List<Message> messages, long lease, Map<UUID, Row> rows, long now) {
        SettleStep step = new SettleStep(rows, now);
        return step.each(messages, Function.identity(), (message, row) -> {
            row.retryAt = Math.max(row.retryAt, now + lease);
            row.updatedAt = now;
        });
    }

    private <S> List<Verdict> each(List<S> sent, Function<S, Message> message, BiConsumer<S, Row> effect) {
        List<Verdict> verdicts = new ArrayList<>(sent.size());
        Map<Row, S> held = new HashMap<>();
        for (S one : sent) {
            Row row = rows.get(message.apply(one).id());
            Verdict verdict = verdict(row, message.apply(one));
            if (row != null && verdict == Verdict.APPLIED) {
                held.put(row, one);
            }
            verdicts.add(verdict);
        }
        held.forEach((row, one) -> effect.accept(one, row));
        return verdicts;
    }

    private Verdict verdict(@Nullable Row row, Message message) {
        if (row == null || !row.isHeldBy(message) || !answered.add(row.id)) {
            return Verdict.LEASE_LOST;
        }
        return row.lockedBy == null ? Verdict.APPLIED : Verdict.BUSY;
    }

    private void apply(Settlement settlement, Row row) {
        if (settlement instanceof Settlement.Done) {
            rows.remove(row.id);
            return;
        }
        row.updatedAt = now;
        if (settlement instanceof Settlement.Released released) {
            row.unsettled = released.message().unsettled();
            row.attempts += row.isSuspect() ? 1 : 0;
            row.retryAt = now;
            return;
        }
        row.unsettled = 0;
        if (settlement instanceof Settlement.Postponed postponed) {
            row.lastError = StoredError.of(postponed.reason());
            row.retryAt = now + Micros.of(postponed.retryAfter());
        } else {
            row.failures++;
            fail(settlement, row);
        }
    }

    private void fail(Settlement settlement, Row row) {
        if (settlement instanceof Settlement.Failed failed) {
            row.lastError = StoredError.of(failed.error());
            row.retryAt = now + Micros.of(failed.retryAfter());
        } else if (settlement instanceof Settlement.FailedUntil failed) {
            row.lastError = StoredError.of(failed.error());
            row.retryAt = Micros.of(failed.retryAt());
        } else if (settlement instanceof Settlement.Dead dead) {
            row.lastError = StoredError.of(dead.error());
            row.status = Row.Status.DEAD;
        }
    }
}
