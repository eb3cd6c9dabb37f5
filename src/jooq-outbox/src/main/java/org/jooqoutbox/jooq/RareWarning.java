package org.jooqoutbox.jooq;

import java.time.Duration;
import org.slf4j.Logger;

/** Says the first time, and at most once a minute, that something fails that is tried again all the time. For one thread. */
final class RareWarning {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Logger log;
    private boolean silent;
    private long lastTime;

    RareWarning(Logger log) {
        this.log = log;
    }

    void say(String text, Throwable cause) {
        long now = System.nanoTime();
        if (silent && now - lastTime < INTERVAL.toNanos()) {
            log.debug("{}", text, cause);
            return;
        }
        silent = true;
        lastTime = now;
        log.warn("{}: {}", text, cause.toString());
        log.debug("{}", text, cause);
    }
}
