package org.jooqoutbox.jooq;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jooq.Field;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jspecify.annotations.Nullable;

/** Settlements and renewals as bind values: one array per column. */
final class SettlementArrays {

    private SettlementArrays() {}

    static Map<String, Field<?>> of(List<Settlement> settlements, LastError lastError) {
        Map<String, Field<?>> values =
                ofMessages(settlements.stream().map(Settlement::message).toList());
        values.put("outcomes", DriverBinding.texts(settlements.stream().map(SettlementArrays::outcome)));
        values.put("delays", DriverBinding.longs(settlements.stream().map(SettlementArrays::delay)));
        values.put("retry_ats", DriverBinding.times(settlements.stream().map(SettlementArrays::retryAt)));
        values.put("errors", DriverBinding.texts(settlements.stream().map(s -> error(s, lastError))));
        values.put(
                "priors",
                DriverBinding.integers(settlements.stream().map(s -> s.message().unsettled())));
        return values;
    }

    static Map<String, Field<?>> ofMessages(List<Message> messages) {
        Map<String, Field<?>> values = new HashMap<>();
        values.put("ids", DriverBinding.uuids(messages.stream().map(Message::id)));
        values.put("attempts", DriverBinding.integers(messages.stream().map(Message::attempts)));
        return values;
    }

    static long micros(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration);
    }

    private static String outcome(Settlement settlement) {
        if (settlement instanceof Settlement.Done) {
            return SettleStatement.DONE;
        }
        if (settlement instanceof Settlement.Dead) {
            return SettleStatement.DEAD;
        }
        if (settlement instanceof Settlement.Postponed) {
            return SettleStatement.POSTPONED;
        }
        return settlement instanceof Settlement.Released ? SettleStatement.RELEASED : SettleStatement.FAILED;
    }

    private static @Nullable Long delay(Settlement settlement) {
        if (settlement instanceof Settlement.Failed failed) {
            return micros(failed.retryAfter());
        }
        return settlement instanceof Settlement.Postponed postponed ? micros(postponed.retryAfter()) : null;
    }

    private static @Nullable OffsetDateTime retryAt(Settlement settlement) {
        return settlement instanceof Settlement.FailedUntil failed ? atMicros(failed.retryAt()) : null;
    }

    private static @Nullable String error(Settlement settlement, LastError lastError) {
        if (settlement instanceof Settlement.Failed failed) {
            return lastError.text(failed.error());
        }
        if (settlement instanceof Settlement.FailedUntil failed) {
            return lastError.text(failed.error());
        }
        if (settlement instanceof Settlement.Postponed postponed) {
            return lastError.text(postponed.reason());
        }
        return settlement instanceof Settlement.Dead dead ? lastError.text(dead.error()) : null;
    }

    private static OffsetDateTime atMicros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
