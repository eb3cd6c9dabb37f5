package org.jooqoutbox.bench;

import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/** Claims messages. */
final class OverheadClaim extends OverheadExchange {

    private final OverheadTwin twin;

    OverheadClaim(OverheadSite site, OverheadTwin twin) {
        super(site);
        this.twin = twin;
    }

    @Override
    public String title() {
        return "claim";
    }

    @Override
    boolean settles() {
        return false;
    }

    @Override
    List<?> byLibrary(JooqOutboxRepository outbox, Given given) {
        return outbox.claim(given.request()).messages();
    }

    @Override
    List<?> bySameSql(Replay replay) throws SQLException {
        return twin.claim(replay);
    }
}
