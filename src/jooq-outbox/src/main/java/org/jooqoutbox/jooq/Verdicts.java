package org.jooqoutbox.jooq;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.Record3;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement.Verdict;

/** A verdict for each message that was sent, from those that the database answered for. */
final class Verdicts {

    private record Token(UUID id, int attempts) {}

    private Verdicts() {}

    static List<Verdict> of(List<Message> sent, List<? extends Record3<UUID, Integer, String>> answers) {
        Map<Token, Verdict> byToken = new HashMap<>();
        for (Record3<UUID, Integer, String> answer : answers) {
            byToken.put(new Token(answer.value1(), answer.value2()), Verdict.valueOf(answer.value3()));
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
