package org.jooqoutbox.jooq;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jooq.Query;

/** The statements of one outbox, each rendered when it is first needed: a producer never pays for the claim. */
final class Statements {

    private enum Name {
        CLAIM_OF_KINDS,
        CLAIM_OF_ANY_KIND,
        CLAIM_OF_KINDS_WITH_KEYED,
        CLAIM_OF_ANY_KIND_WITH_KEYED,
        SETTLE,
        SETTLE_DONE,
        RENEW,
        REMOVE,
        STILL_HELD,
        DEAD_LETTERS,
        COUNT_DEAD_LETTERS,
        REPLAY,
        PREVIEW_REPLAY,
        PURGE,
        STATS,
        NEXT_DUE,
        NEXT_DUE_OF_KEYS,
        BLOCKED_KEYS,
        RETRY_NOW,
        GIVE_UP
    }

    private final OutboxMapping mapping;
    private final Map<Name, Statement> rendered = new ConcurrentHashMap<>();
    private final Map<List<Statement>, Statement> joined = new ConcurrentHashMap<>();
    private final Map<EnqueueStatement, Statement> enqueues = new ConcurrentHashMap<>();

    Statements(OutboxMapping mapping) {
        this.mapping = mapping;
    }

    Statement enqueue(EnqueueStatement statement) {
        Statement known = enqueues.get(statement);
        return known != null
                ? known
                : enqueues.computeIfAbsent(statement, missing -> Statement.render(mapping, missing.query()));
    }

    Statement claimOfKinds(ClaimStatement.Form form) {
        Name name = form == ClaimStatement.Form.UNKEYED ? Name.CLAIM_OF_KINDS : Name.CLAIM_OF_KINDS_WITH_KEYED;
        return rendered(name, () -> ClaimStatement.ofKinds(form));
    }

    Statement claimOfAnyKind(ClaimStatement.Form form) {
        Name name = form == ClaimStatement.Form.UNKEYED ? Name.CLAIM_OF_ANY_KIND : Name.CLAIM_OF_ANY_KIND_WITH_KEYED;
        return rendered(name, () -> ClaimStatement.ofAnyKind(form));
    }

    Statement settle() {
        return rendered(Name.SETTLE, SettleStatement::settle);
    }

    Statement settleDone() {
        return rendered(Name.SETTLE_DONE, SettleStatement::settleDone);
    }

    /** This one and then that one, sent at once. */
    Statement both(Statement first, Statement next) {
        return joined.computeIfAbsent(List.of(first, next), both -> first.then(next));
    }

    Statement renew() {
        return rendered(Name.RENEW, SettleStatement::renew);
    }

    Statement remove() {
        return rendered(Name.REMOVE, RemovalStatement::remove);
    }

    Statement stillHeld() {
        return rendered(Name.STILL_HELD, SettleStatement::stillHeld);
    }

    Statement deadLetters() {
        return rendered(Name.DEAD_LETTERS, DeadLetterStatements::list);
    }

    Statement replay() {
        return rendered(Name.REPLAY, DeadLetterStatements::replay);
    }

    Statement countDeadLetters() {
        return rendered(Name.COUNT_DEAD_LETTERS, DeadLetterStatements::count);
    }

    Statement previewReplay() {
        return rendered(Name.PREVIEW_REPLAY, DeadLetterStatements::previewReplay);
    }

    Statement purge() {
        return rendered(Name.PURGE, DeadLetterStatements::purge);
    }

    Statement stats() {
        return rendered(Name.STATS, StatsStatement::stats);
    }

    Statement nextDue() {
        return rendered(Name.NEXT_DUE, NextDueStatement::withoutKey);
    }

    Statement nextDueOfKeys() {
        return rendered(Name.NEXT_DUE_OF_KEYS, NextDueStatement::ofKeys);
    }

    Statement blockedKeys() {
        return rendered(Name.BLOCKED_KEYS, BlockedKeysStatement::blockedKeys);
    }

    Statement retryNow() {
        return rendered(Name.RETRY_NOW, InterventionStatements::retryNow);
    }

    Statement giveUp() {
        return rendered(Name.GIVE_UP, InterventionStatements::giveUp);
    }

    private Statement rendered(Name name, Supplier<Query> query) {
        return rendered.computeIfAbsent(name, missing -> Statement.render(mapping, query.get()));
    }
}
