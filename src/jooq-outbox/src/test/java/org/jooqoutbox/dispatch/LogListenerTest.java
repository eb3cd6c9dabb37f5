package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.junit.jupiter.api.Test;

class LogListenerTest {

    private static final Message MESSAGE = new Message(
            "accounting.outbox",
            new UUID(1, 2),
            "invoice.issued",
            "{\"secret\":1}",
            Map.of("token", "secret"),
            3,
            1,
            0,
            Instant.EPOCH,
            "secret/1",
            null,
            7);
    private static final String NAME = "invoice.issued 00000000-0000-0001-0000-000000000002 (attempt 3)";
    private static final Claim NOTHING =
            new Claim(List.of(), List.of(), List.of(), 0, 0, 0, Claim.Coverage.ALL, Instant.EPOCH);

    private final RecordingLogger log = new RecordingLogger();
    private final LogListener listener = new LogListener(log, "accounting.outbox");

    @Test
    void delivered_isForDebugging() {
        listener.delivered(MESSAGE);
        assertThat(log.lines()).containsExactly("DEBUG outbox accounting.outbox: delivered " + NAME);
    }

    @Test
    void failed_isOneWarningWithoutAStackTrace() {
        listener.failed(MESSAGE, "java.io.IOException: refused\n\tat", new Exception(), Duration.ofSeconds(4));
        assertThat(log.lines("WARN"))
                .containsExactly("WARN outbox accounting.outbox: delivery of " + NAME
                        + " failed, next try in PT4S: java.io.IOException: refused at");
        assertThat(log.lines("DEBUG")).singleElement().asString().endsWith("+ stack trace");
    }

    @Test
    void deadLettered_isAnErrorWithIdentity() {
        listener.deadLettered(MESSAGE, "java.io.IOException: refused", new Exception());
        listener.deadLettered(MESSAGE, "died 3 times without a result", null);
        assertThat(log.lines("ERROR"))
                .containsExactly(
                        "ERROR outbox accounting.outbox: " + NAME
                                + " is now a dead letter: java.io.IOException: refused",
                        "ERROR outbox accounting.outbox: " + NAME
                                + " is now a dead letter: died 3 times without a result");
    }

    @Test
    void claimFailed_repeatedly_isOneWarningPerOutage() {
        for (int outage = 0; outage < 2; outage++) {
            listener.claimFailed(new IllegalStateException("down"), Duration.ofSeconds(1));
            listener.claimFailed(new IllegalStateException("down"), Duration.ofSeconds(1));
            listener.claimed(NOTHING);
            listener.claimed(NOTHING);
        }
        String warning = "WARN outbox accounting.outbox: claiming failed, and will be tried again:"
                + " java.lang.IllegalStateException: down";
        assertThat(log.lines("WARN")).containsExactly(warning, warning);
        assertThat(log.lines("INFO")).hasSize(2).allMatch(line -> line.endsWith("claiming works again"));
    }

    @Test
    void settleAndRenewFailed_repeatedly_areOneWarningPerOutage() {
        for (int i = 0; i < 3; i++) {
            listener.settleFailed(List.of(MESSAGE), new IllegalStateException("down"));
            listener.renewFailed(List.of(MESSAGE), new IllegalStateException("down"));
        }
        assertThat(log.lines("WARN")).hasSize(2);
        listener.deadLettered(
                MESSAGE, "died 3 times without a result", null); // by a claim: says nothing about settling
        assertThat(log.lines("INFO")).isEmpty();
        listener.delivered(MESSAGE);
        listener.renewed(MESSAGE);
        assertThat(log.lines("INFO")).hasSize(2);
    }

    @Test
    void leaseLost_isAWarningAndUnconfirmedIsNot() {
        listener.leaseLost(MESSAGE);
        listener.unconfirmed(MESSAGE);
        assertThat(log.lines("WARN")).singleElement().asString().contains(NAME, "ended before its outcome");
        assertThat(log.lines("DEBUG")).singleElement().asString().contains(NAME);
    }

    @Test
    void troubleWithHandlers_isNamed() {
        listener.handlerOverdue(MESSAGE);
        listener.notStarted(MESSAGE, "the executor refused it: full");
        assertThat(log.lines("WARN")).hasSize(2).allMatch(line -> line.contains(NAME));
        listener.handlerAbandoned(MESSAGE);
        listener.stalled(10);
        assertThat(log.lines("ERROR")).hasSize(2);
    }

    @Test
    void anyLine_payloadHeadersAndType_neverAppear() {
        listener.claimed(
                new Claim(List.of(MESSAGE), List.of(MESSAGE), List.of(), 2, 2, 1, Claim.Coverage.ALL, Instant.EPOCH));
        listener.delivered(MESSAGE);
        listener.failed(MESSAGE, "error", null, Duration.ofSeconds(1));
        listener.deadLettered(MESSAGE, "error", null);
        listener.released(MESSAGE);
        listener.leaseLost(MESSAGE);
        listener.unconfirmed(MESSAGE);
        listener.settleFailed(List.of(MESSAGE), new Exception());
        listener.renewed(MESSAGE);
        listener.renewFailed(List.of(MESSAGE), new Exception());
        listener.notStarted(MESSAGE, "reason");
        listener.handlerOverdue(MESSAGE);
        listener.handlerAbandoned(MESSAGE);
        listener.stalled(1);
        listener.stopped(new Worker.StopReport(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, true));
        assertThat(log.lines()).hasSizeGreaterThan(14).noneMatch(line -> line.contains("secret"));
    }
}
