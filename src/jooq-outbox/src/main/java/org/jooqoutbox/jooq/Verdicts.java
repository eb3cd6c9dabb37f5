package org.jooqoutbox.jooq;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.Record;
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
    static List<Verdict> of(List<Message> sent, List<? extends Record> answers) {
        Map<Token, Verdict> byToken = new HashMap<>();
        for (Record answer : answers) {
            UUID id = (UUID) answer.get(0);
            int attempts = (Integer) answer.get(1);
            byToken.put(new Token(id, attempts), Verdict.valueOf((String) answer.get(2)));
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
