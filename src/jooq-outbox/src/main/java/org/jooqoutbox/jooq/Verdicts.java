package org.jooqoutbox.jooq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement.Verdict;

/** A verdict for each message that was sent, from those that the database answered for. */
final class Verdicts {

    private record Token(UUID id, int attempts) {}

    private Verdicts() {}

    /**
     * What became of these.
     *
     * @param answers id, attempts, and the name of the verdict
     */
    static List<Verdict> read(List<Message> sent, ResultSet answers) throws SQLException {
        Map<Token, Verdict> byToken = new HashMap<>();
        while (answers.next()) {
            UUID id = answers.getObject(1, UUID.class);
            byToken.put(new Token(id, answers.getInt(2)), Verdict.valueOf(answers.getString(3)));
        }
        List<Verdict> verdicts = new ArrayList<>(sent.size());
        for (Message message : sent) {
            // Of several for one message the first took effect, and the others came too late.
            Verdict verdict = byToken.remove(new Token(message.id(), message.attempts()));
            verdicts.add(verdict == null ? Verdict.LEASE_LOST : verdict);
        }
        return verdicts;
    }
}
