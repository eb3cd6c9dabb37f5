package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.val;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.jooq.Field;
import org.jooq.impl.SQLDataType;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;

/**
 * A claim that is about to be sent.
 *
 * @param kinds those of the request, in the order in which they are served
 * @param turn how it goes about ordering keys
 * @param from where it begins
 */
record ClaimAttempt(ClaimRequest request, List<String> kinds, KeyedTurns.Turn turn, LowerBounds.From from) {

    Statement statement(Statements statements) {
        return kinds.isEmpty() ? statements.claimOfAnyKind(turn.form()) : statements.claimOfKinds(turn.form());
    }

    Map<String, Field<?>> values() {
        Map<String, Field<?>> values = new HashMap<>();
        values.put("kinds", DriverBinding.texts(kinds.stream()));
        values.put("kind_limits", limits(IntUnaryOperator.identity()));
        values.put("bounds", DriverBinding.texts(kinds.stream().map(from::bound)));
        values.put("slack", DriverBinding.value(SettlementArrays.micros(from.slack())));
        values.put("limit", DriverBinding.value(request.limit()));
        values.put("lease", DriverBinding.value(SettlementArrays.micros(request.lease())));
        values.put("suspects", DriverBinding.value(request.takesSuspects()));
        values.put("max_deaths", DriverBinding.value(request.maxDeaths()));
        values.put("heads", DriverBinding.value(turn.share(request.limit())));
        values.put("head_limits", limits(turn::share));
        values.put("cursor", val(turn.cursor(), SQLDataType.CLOB));
        return values;
    }

    /** Whether nothing was found, and not for want of messages: those with ordering keys had no place, or were not looked for. */
    boolean overlookedKeyed(Claim claim) {
        return claim.seen() == 0 && claim.coverage() == Claim.Coverage.PART && !turn.isOfKeyed();
    }

    /** Whether more could have been taken, and of each kind. */
    boolean leftRoom(Claim claim) {
        return claim.seen() < request.limit() && kinds.stream().allMatch(kind -> taken(claim, kind) < most(kind));
    }

    /** Whether it took all that it saw. */
    boolean tookAll(Claim claim) {
        return claim.seen()
                == claim.messages().size()
                        + claim.deadLettered().size()
                        + claim.expired().size();
    }

    /**
     * From which time on, of each kind, messages may be left; without the kinds that it did not come to.
     *
     * @param slack how much time may lie between the due time of a message and its commit
     */
    Map<String, Instant> reached(ClaimResult result, Duration slack) {
        Claim claim = result.claim();
        Instant latest = claim.at().minus(slack);
        Map<String, Instant> reached = new HashMap<>();
        for (String kind : kinds) {
            Instant oldest = result.oldest().get(kind);
            if (claim.seen() < request.limit() && taken(claim, kind) < most(kind)) {
                reached.put(kind, latest);
            } else if (oldest != null) {
                reached.put(kind, oldest.isBefore(latest) ? oldest : latest);
            }
        }
        return reached;
    }

    private static long taken(Claim claim, String kind) {
        return Stream.of(claim.messages(), claim.deadLettered(), claim.expired())
                .flatMap(List::stream)
                .map(Message::kind)
                .filter(kind::equals)
                .count();
    }

    private int most(String kind) {
        return Objects.requireNonNull(request.kindLimits().get(kind));
    }

    private Field<?> limits(IntUnaryOperator share) {
        return DriverBinding.integers(kinds.stream().map(kind -> share.applyAsInt(most(kind))));
    }
}
