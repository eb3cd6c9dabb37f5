package org.jooqoutbox.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.PayloadCases.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever the library lets pass, PostgreSQL keeps; and what it refuses although PostgreSQL would keep it, it refuses by one of its limits.
 *
 * <p>{@code -Doutbox.fuzz.cases=1000000} asks for more payloads, {@code -Doutbox.fuzz.seed=…} for those of an earlier run.
 */
@Tag("conformance")
class GeneratedPayloadsTest {

    private static final Logger LOG = LoggerFactory.getLogger(GeneratedPayloadsTest.class);

    private static final int CASES = Integer.getInteger("outbox.fuzz.cases", 1000);
    private static final long SEED = Long.getLong("outbox.fuzz.seed", System.nanoTime());

    private static final MessageKind<String> KIND = MessageKind.json("generated");

    /** The defaults; the widest, next to PostgreSQL's own limits; and some so narrow that small payloads are beyond them. */
    private static final List<MessageLimits> LIMITS = List.of(
            MessageLimits.defaults(),
            MessageLimits.defaults().maxPayloadBytes(1 << 24).maxDepth(1000).maxNumberDigits(16_383),
            MessageLimits.defaults().maxPayloadBytes(60).maxDepth(3).maxNumberDigits(10));

    private static final List<String> OUR_LIMITS =
            List.of("MessageLimits.maxPayloadBytes", "MessageLimits.maxDepth", "MessageLimits.maxNumberDigits");

    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private final Map<String, Integer> falseRefusals = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();

    @Test
    void check_generatedPayloads_letsPassOnlyWhatPostgresKeeps() throws SQLException {
        try (PostgresVerdict postgres = new PostgresVerdict()) {
            for (int i = 0; i < CASES; i++) {
                compare(i, new RandomPayloads(SEED + i).next(), postgres);
            }
        }

        LOG.info(
                "{} payloads from seed {}: PostgreSQL {}; refused by our limits alone {}",
                CASES,
                SEED,
                verdicts,
                falseRefusals);
        assertThat(wrong).as("from seed %d", SEED).isEmpty();
        assertThat(share(Verdict.KEPT)).as("kept, of all from seed %d", SEED).isGreaterThan(0.3);
        assertThat(share(Verdict.REFUSED))
                .as("refused, of all from seed %d", SEED)
                .isGreaterThan(0.3);
        assertThat(falseRefusals.keySet()).as("limits met from seed %d", SEED).containsAll(OUR_LIMITS);
    }

    private void compare(int number, String json, PostgresVerdict postgres) throws SQLException {
        Verdict verdict = postgres.on(json);
        String refusal = refusal(json, LIMITS.get(number % LIMITS.size()));
        verdicts.merge(verdict, 1, Integer::sum);
        if (refusal == null && verdict != Verdict.KEPT) {
            wrong.add("accepted by us, " + verdict + " by PostgreSQL: " + shown(number, json));
        }
        if (refusal != null && verdict == Verdict.KEPT) {
            OUR_LIMITS.stream()
                    .filter(refusal::contains)
                    .findAny()
                    .ifPresentOrElse(
                            limit -> falseRefusals.merge(limit, 1, Integer::sum),
                            () -> wrong.add("kept by PostgreSQL, but " + refusal + ": " + shown(number, json)));
        }
    }

    private static @Nullable String refusal(String json, MessageLimits limits) {
        try {
            limits.check(KIND.draft(json));
            return null;
        } catch (InvalidMessageException e) {
            return e.getMessage();
        }
    }

    private static String shown(int number, String json) {
        StringBuilder ascii = new StringBuilder("number " + number + ": ");
        json.chars().limit(300).forEach(c -> ascii.append(c >= ' ' && c < 127 ? (char) c : String.format("<%04x>", c)));
        return ascii.toString();
    }

    private double share(Verdict verdict) {
        return verdicts.getOrDefault(verdict, 0) / (double) CASES;
    }
}
