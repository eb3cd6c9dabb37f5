package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.val;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Result;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jspecify.annotations.Nullable;

/** Dead letters of one outbox: listed, counted, replayed, purged. Whoever audits that is told after the commit. */
final class DeadLetters {

    /** Timestamps of PostgreSQL do not go back further than seven thousand years. */
    private static final Duration OLDEST = Duration.ofDays(365_000);

    private final Statements statements;
    private final Audits audits;

    DeadLetters(Statements statements, Audits audits) {
        this.statements = statements;
        this.audits = audits;
    }

    List<DeadLetter> list(OwnTransactions own, DeadLetterQuery query) {
        return fetch(own, statements.deadLetters(), values(query), DeadLetterStatements.LISTED)
                .map(DeadLetters::letter);
    }

    List<DeadLetter.Count> count(OwnTransactions own, DeadLetterQuery query) {
        Map<String, Field<?>> values = values(query);
        values.put("limit", val((Integer) null, Integer.class));
        return fetch(own, statements.countDeadLetters(), values, DeadLetterStatements.COUNTED)
                .map(row -> new DeadLetter.Count(
                        row.get(DeadLetterSearch.O.KIND),
                        status(row),
                        row.get(DeadLetterStatements.ERROR),
                        row.get(DeadLetterStatements.COUNT)));
    }

    DeadLetter.Replay replay(OwnTransactions own, DeadLetterQuery query) {
        return replay(own, query, (Integer) null);
    }

    DeadLetter.Replay replay(OwnTransactions own, DeadLetterQuery query, int perSecond) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("a replay goes on by at least 1 message per second, not " + perSecond);
        }
        return replay(own, query, Integer.valueOf(perSecond));
    }

    private DeadLetter.Replay replay(OwnTransactions own, DeadLetterQuery query, @Nullable Integer perSecond) {
        Map<String, Field<?>> values = values(query);
        values.put("per_second", val(perSecond, Integer.class));
        DeadLetter.Replay replay = replayOf(fetch(own, statements.replay(), values, DeadLetterStatements.JUDGMENT));
        audits.tell(replay.replayed(), (audit, outbox) -> audit.replayed(outbox, replay.replayed()));
        return replay;
    }

    DeadLetter.Replay previewReplay(OwnTransactions own, DeadLetterQuery query) {
        return replayOf(fetch(own, statements.previewReplay(), values(query), DeadLetterStatements.JUDGMENT));
    }

    List<UUID> purge(OwnTransactions own, DeadLetterQuery query) {
        List<UUID> purged = List.copyOf(fetch(own, statements.purge(), values(query), DeadLetterStatements.ID)
                .getValues(DeadLetterStatements.ID));
        audits.tell(purged, (audit, outbox) -> audit.purged(outbox, purged));
        return purged;
    }

    private static Result<? extends Record> fetch(
            OwnTransactions own, Statement statement, Map<String, Field<?>> values, Field<?>... columns) {
        return own.run(configuration ->
                statement.resultQuery(configuration, values).coerce(columns).fetch());
    }

    private static Map<String, Field<?>> values(DeadLetterQuery query) {
        Map<String, Field<?>> values = new HashMap<>();
        values.put("ids", val(query.ids().map(ids -> ids.toArray(UUID[]::new)).orElse(null), UUID[].class));
        values.put("kinds", val(query.kinds().isEmpty() ? null : query.kinds().toArray(String[]::new), String[].class));
        values.put(
                "statuses",
                val(query.statuses().stream().map(DeadLetters::name).toArray(String[]::new), String[].class));
        values.put("error", val(query.errorContaining().map(LastError::sought).orElse(null), String.class));
        values.put("age", val(query.olderThan().map(DeadLetters::micros).orElse(null), Long.class));
        values.put("after_at", val(query.after().map(DeadLetters::diedAt).orElse(null), OffsetDateTime.class));
        values.put("after_id", val(query.after().map(DeadLetter::id).orElse(null), UUID.class));
        values.put("limit", val(query.limit(), Integer.class));
        return values;
    }

    private static String name(DeadLetter.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static long micros(Duration age) {
        return SettlementArrays.micros(age.compareTo(OLDEST) < 0 ? age : OLDEST);
    }

    private static OffsetDateTime diedAt(DeadLetter letter) {
        return letter.diedAt().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }

    private static DeadLetter.Replay replayOf(Result<? extends Record> rows) {
        List<UUID> replayed = new ArrayList<>();
        List<UUID> conflicts = new ArrayList<>();
        for (Record row : rows) {
            boolean conflict = row.get(DeadLetterStatements.CONFLICT);
            (conflict ? conflicts : replayed).add(row.get(DeadLetterStatements.ID));
        }
        return new DeadLetter.Replay(replayed, conflicts);
    }

    private static DeadLetter letter(Record row) {
        return new DeadLetter(
                row.get(DeadLetterSearch.O.ID),
                row.get(DeadLetterSearch.O.KIND),
                row.get(DeadLetterSearch.O.PAYLOAD).data(),
                HeadersJson.read(row.get(DeadLetterSearch.O.HEADERS).data()),
                row.get(DeadLetterSearch.O.ATTEMPTS),
                row.get(DeadLetterSearch.O.FAILURES),
                row.get(DeadLetterSearch.O.LAST_ERROR),
                row.get(DeadLetterSearch.O.CREATED_AT).toInstant(),
                row.get(DeadLetterSearch.O.UPDATED_AT).toInstant(),
                status(row));
    }

    private static DeadLetter.Status status(Record row) {
        return DeadLetter.Status.valueOf(row.get(DeadLetterSearch.STATUS).toUpperCase(Locale.ROOT));
    }
}
