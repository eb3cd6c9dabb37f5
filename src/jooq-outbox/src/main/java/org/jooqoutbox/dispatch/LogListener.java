package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.List;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Writes the log. A message that works is for debugging, a failure that will be retried is one warning, a dead letter an error. Messages are
 * named by kind, id and attempt; payloads and headers never appear. An outage is one warning when it begins, and one line when it is over.
 */
final class LogListener implements DispatchListener {

    private final Logger log;
    private final String outbox;
    private boolean claimsFail;
    private boolean settlementsFail;
    private boolean renewalsFail;

    LogListener(Logger log, String outbox) {
        this.log = log;
        this.outbox = outbox;
    }

    @Override
    public void started(String description) {
        log.info("started: {}", description);
    }

    @Override
    public void claimed(Claim claim) {
        if (claimsFail) {
            log.info("outbox {}: claiming works again", outbox);
        }
        claimsFail = false;
        if (!claim.messages().isEmpty()) {
            log.debug("outbox {}: claimed {}", outbox, claim.messages().size());
        }
    }

    @Override
    public void claimFailed(Throwable error, Duration retryAfter) {
        outage(claimsFail, "claiming", error);
        claimsFail = true;
    }

    @Override
    public void settleFailed(List<Message> messages, Throwable error) {
        outage(settlementsFail, "recording the outcome of " + messages.size() + " messages", error);
        settlementsFail = true;
    }

    @Override
    public void renewFailed(List<Message> messages, Throwable error) {
        outage(renewalsFail, "renewing the leases of " + messages.size() + " messages", error);
        renewalsFail = true;
    }

    // One line for an outage, and everything about it for those who debug.
    private void outage(boolean known, String what, Throwable error) {
        if (!known) {
            log.warn("outbox {}: {} failed, and will be tried again: {}", outbox, what, line(error));
        }
        log.debug("outbox {}: {} failed", outbox, what, error);
    }

    @Override
    public void delivered(Message message) {
        recorded();
        log.debug("outbox {}: delivered {}", outbox, message);
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        recorded();
        log.warn(
                "outbox {}: delivery of {} failed, next try in {}: {}",
                outbox,
                message,
                retryAfter,
                ErrorText.line(error));
        log.debug("outbox {}: delivery of {} failed", outbox, message, cause);
    }

    @Override
    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
        if (cause != null) {
            recorded();
        }
        log.error("outbox {}: {} is now a dead letter: {}", outbox, message, ErrorText.line(error));
        log.debug("outbox {}: {} is now a dead letter", outbox, message, cause);
    }

    @Override
    public void postponed(Message message, String reason, Duration retryAfter) {
        recorded();
        log.info(
                "outbox {}: delivery of {} is postponed, next try in {}: {}",
                outbox,
                message,
                retryAfter,
                ErrorText.line(reason));
    }

    @Override
    public void expired(Message message) {
        log.warn("outbox {}: {} has expired undelivered", outbox, message);
    }

    @Override
    public void released(Message message) {
        recorded();
        log.debug("outbox {}: gave back {}", outbox, message);
    }

    private void recorded() {
        if (settlementsFail) {
            log.info("outbox {}: recording outcomes works again", outbox);
        }
        settlementsFail = false;
    }

    @Override
    public void renewed(Message message) {
        if (renewalsFail) {
            log.info("outbox {}: renewing leases works again", outbox);
        }
        renewalsFail = false;
        log.debug("outbox {}: renewed the lease of {}", outbox, message);
    }

    @Override
    public void leaseLost(Message message) {
        log.warn(
                "outbox {}: the lease of {} ended before its outcome was recorded; it is delivered again",
                outbox,
                message);
    }

    @Override
    public void unconfirmed(Message message) {
        log.debug("outbox {}: the reply about {} was lost, and it was settled when asked again", outbox, message);
    }

    @Override
    public void notStarted(Message message, String reason) {
        log.warn("outbox {}: the handler of {} was not started: {}", outbox, message, ErrorText.line(reason));
    }

    @Override
    public void handlerOverdue(Message message) {
        log.warn("outbox {}: the handler of {} was interrupted: its deadline has passed", outbox, message);
    }

    @Override
    public void handlerAbandoned(Message message) {
        log.error(
                "outbox {}: the handler of {} does not return; the message is left to its lease and its thread to itself",
                outbox,
                message);
    }

    @Override
    public void breakerOpened(String kind, int failures, Duration probeAfter) {
        log.error(
                "outbox {}: kind {} failed {} times in a row: it is not claimed any more, the next probe is in {}",
                outbox,
                kind,
                failures,
                probeAfter);
    }

    @Override
    public void breakerClosed(String kind) {
        log.info("outbox {}: kind {} is delivered again", outbox, kind);
    }

    @Override
    public void stalled(int abandoned) {
        log.error(
                "outbox {}: {} handlers do not return, as many as may run at once: nothing is claimed until one does."
                        + " Give what they call timeouts shorter than the handler deadline",
                outbox,
                abandoned);
    }

    @Override
    public void outboxAdded(String added) {
        log.debug("outbox {}: found", added);
    }

    @Override
    public void outboxRemoved(String removed) {
        log.debug("outbox {}: gone", removed);
    }

    @Override
    public void outboxesUnknown(Throwable error) {
        log.warn("{}: which outboxes there are could not be found out, and is asked again: {}", outbox, line(error));
        log.debug("{}: which outboxes there are could not be found out", outbox, error);
    }

    @Override
    public void stopped(Worker.StopReport report) {
        log.info("outbox {}: stopped: {}", outbox, report);
    }

    private static String line(Throwable error) {
        return ErrorText.line(ErrorText.of(error));
    }
}
