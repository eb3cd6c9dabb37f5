package org.jooqoutbox.jooq;

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
 */
record SettlementBatch(Statement statement, Map<String, Field<?>> values, List<Message> messages) {

    static SettlementBatch of(List<Settlement> settlements, Statements statements, LastError lastError) {
        List<Message> messages = settlements.stream().map(Settlement::message).toList();
        boolean allDone = settlements.stream().allMatch(Settlement.Done.class::isInstance);
        return allDone
                ? new SettlementBatch(statements.settleDone(), SettlementArrays.ofMessages(messages), messages)
                : new SettlementBatch(statements.settle(), SettlementArrays.of(settlements, lastError), messages);
    }

    List<Verdict> send(Configuration configuration) {
        return statement.read(configuration, values, answers -> Verdicts.read(messages, answers));
    }
}
