package org.jooqoutbox.it.crash;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooq.DSLContext;

/** What the tables of a {@link Lab} say about what happened in it. */
final class Records {

    /** A delivery, as the handler wrote it down before anything else. */
    record Delivery(UUID id, int attempt, String worker) {}

    private final DSLContext dsl;

    Records(Lab lab) {
        this.dsl = lab.dsl();
    }

    /** What was committed and has no effect. Call it when nothing is pending any more. */
    Set<UUID> lost() {
        return ids("select id from intents except select id from effects");
    }

    /** What was handed out and never committed. */
    Set<UUID> unexpected() {
        return ids("select id from deliveries except select id from intents");
    }

    /** What had its effect more than once. */
    Set<UUID> repeatedEffects() {
        return ids("select id from effects group by id having count(*) > 1");
    }

    /** What looked different when it was delivered again. */
    Set<UUID> changedBetweenDeliveries() {
        return ids("select id from deliveries group by id having count(distinct (kind, headers, payload)) > 1");
    }

    /** How many deliveries there were beyond the first of each message. */
    int duplicates() {
        return count("select count(*) - count(distinct id) from deliveries");
    }

    /** How many claims of these workers were never settled: what they held when they were killed. */
    int neverSettledBy(List<String> workers) {
        return count(
                "select count(*) from changes c where writer = any(?) and attempts > attempts_before and not exists"
                        + " (select from changes s where s.id = c.id and s.attempts = c.attempts and s.n > c.n"
                        + " and s.writer = c.writer and (s.op = 'delete' or s.unsettled < c.unsettled))",
                (Object) workers.toArray(String[]::new));
    }

    /** Deliveries that were not the last of their message. */
    List<Delivery> repeated() {
        return dsl.fetch("select id, attempt, worker from deliveries d where exists"
                        + " (select from deliveries l where l.id = d.id and l.attempt > d.attempt)")
                .into(Delivery.class);
    }

    /** All deliveries of this message, the first one first. */
    List<Delivery> deliveriesOf(UUID id) {
        return dsl.fetch("select id, attempt, worker from deliveries where id = ? order by n", id)
                .into(Delivery.class);
    }

    /** Repeated deliveries whose worker was not frozen at any time between its claim and the next one's. */
    List<Delivery> repeatedWithoutFreeze() {
        return dsl.fetch("""
                        select d.id, d.attempt, d.worker from deliveries d
                          join changes mine on mine.id = d.id and mine.attempts = d.attempt and mine.attempts_before < d.attempt
                          join changes next on next.id = d.id and next.attempts = d.attempt + 1 and next.attempts_before = d.attempt
                         where exists (select from deliveries l where l.id = d.id and l.attempt > d.attempt)
                           and not exists (select from freezes f where f.worker = d.worker
                                and f.since < next.at and coalesce(f.until, 'infinity') > mine.at)
                        """).into(Delivery.class);
    }

    /** Changes under a token that somebody else had claimed: settlements and renewals that the fence should have stopped. */
    int staleWrites() {
        return count(
                "select count(*) from changes s join changes c on c.id = s.id and c.attempts = s.attempts"
                        + " and c.attempts > c.attempts_before where s.attempts = s.attempts_before and s.writer not in (c.writer, 'test')");
    }

    private Set<UUID> ids(String sql) {
        return Set.copyOf(dsl.fetch(sql).into(UUID.class));
    }

    private int count(String sql, Object... values) {
        return dsl.fetchSingle(sql, values).into(int.class);
    }
}
