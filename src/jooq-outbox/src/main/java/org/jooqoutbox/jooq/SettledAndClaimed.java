package org.jooqoutbox.jooq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jooqoutbox.Settlement.Verdict;

/** The answers to settlements and a claim that were sent at once. */
record SettledAndClaimed(List<Verdict> verdicts, ClaimResult result) {

    static SettledAndClaimed read(SettlementBatch batch, ClaimReader claim, ResultSet first) throws SQLException {
        List<Verdict> verdicts = Verdicts.read(batch.messages(), first);
        Statement both = first.getStatement();
        both.getMoreResults();
        try (ResultSet next = both.getResultSet()) {
            return new SettledAndClaimed(verdicts, claim.read(next));
        }
    }
}
