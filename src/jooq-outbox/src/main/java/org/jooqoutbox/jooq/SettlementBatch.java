package org.jooqoutbox.jooq;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jooq.Configuration;
import org.jooq.Field;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;

/**
 * Settlements that are about to be sent.
 *
 * @param statement the one for them
 * @param tellsBusy whether it tells what somebody else has locked from what is lost
 */
record SettlementBatch(Statement statement, Map<String, Field<?>> values, List<Message> messages, boolean tellsBusy) {

    static SettlementBatch of(List<Settlement> settlements, Statements statements, LastError lastError) {
        List<Message> messages = settlements.stream().map(Settlement::message).toList();
        boolean allDone = settlements.stream().allMatch(Settlement.Done.class::isInstance);
        return allDone
                ? new SettlementBatch(statements.settleDone(), SettlementArrays.ofMessages(messages), messages, false)
                : new SettlementBatch(statements.settle(), SettlementArrays.of(settlements, lastError), messages, true);
    }

    List<Verdict> send(Configuration configuration) {
        return statement.read(configuration, values, answers -> Verdicts.read(messages, answers));
    }

    /** What became of them in the end: where the statement does not tell, and some were not applied, it is asked for. */
    List<Verdict> complete(List<Verdict> verdicts, OwnTransactions own, Statements statements) {
        if (tellsBusy || !verdicts.contains(Verdict.LEASE_LOST)) {
            return verdicts;
        }
        List<Message> missing = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i) == Verdict.LEASE_LOST) {
                missing.add(messages.get(i));
            }
        }
        Iterator<Verdict> told = own.run(configuration -> ofMissing(configuration, statements, missing))
                .iterator();
        return verdicts.stream()
                .map(verdict -> verdict == Verdict.LEASE_LOST ? told.next() : verdict)
                .toList();
    }

    /** Of those that were not applied, which are the caller's still, and locked by somebody else. */
    static List<Verdict> ofMissing(Configuration configuration, Statements statements, List<Message> missing) {
        return statements
                .stillHeld()
                .read(configuration, SettlementArrays.ofMessages(missing), rows -> Verdicts.read(missing, rows));
    }
}
