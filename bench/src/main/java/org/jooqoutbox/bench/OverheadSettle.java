package org.jooqoutbox.bench;

import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/** Settles messages as done. */
final class OverheadSettle extends OverheadExchange {

    private final OverheadTwin twin;

    OverheadSettle(OverheadSite site, OverheadTwin twin) {
        super(site);
        this.twin = twin;
    }

    @Override
    public String title() {
        return "settle";
    }

    @Override
    boolean settles() {
        return true;
    }

    @Override
    List<?> byLibrary(JooqOutboxRepository outbox, Given given) {
        return outbox.settle(given.settlements());
    }

    @Override
    List<?> bySameSql(Replay replay) throws SQLException {
        return twin.settle(replay);
    }

    @Override
    boolean isRight(Object verdict) {
        return verdict == Verdict.APPLIED;
    }
}
