package org.jooqoutbox.bench;

import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/** Settles messages as done, and claims as many others at once. */
final class OverheadSettleAndClaim extends OverheadExchange {

    private final OverheadTwin twin;

    OverheadSettleAndClaim(OverheadSite site, OverheadTwin twin) {
        super(site);
        this.twin = twin;
    }

    @Override
    public String title() {
        return "settleAndClaim";
    }

    /** Those that are settled are claimed apart from those that are claimed. */
    @Override
    public void fill(int messages) {
        super.fill(2 * messages);
    }

    @Override
    boolean settles() {
        return true;
    }

    @Override
    List<?> byLibrary(JooqOutboxRepository outbox, Given given) {
        return outbox.settleAndClaim(given.settlements(), given.request())
                .claim()
                .messages();
    }

    @Override
    List<?> bySameSql(Replay replay) throws SQLException {
        return twin.settleAndClaim(replay);
    }
}
