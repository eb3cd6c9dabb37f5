package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueueMailboxTest {

    private final Mailbox mailbox = Mailbox.create();

    @Test
    void poll_nothingThere_waitsNoLongerThanAsked() throws Exception {
        assertThat(mailbox.poll(0)).isNull();
        assertThat(mailbox.poll(TimeUnit.MILLISECONDS.toNanos(2))).isNull();
    }

    @Test
    void poll_interrupted_throws() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> mailbox.poll(TimeUnit.MINUTES.toNanos(1))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** A reader that missed one wake-up would wait for an hour. */
    @Test
    void mail_fromManyThreads_wakesTheReaderAlways() throws Exception {
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread writer = new Thread(() -> {
                for (int j = 0; j < 20_000; j++) {
                    mailbox.put((core, now) -> {});
                    if (j % 7 == 0) {
                        LockSupport.parkNanos(1); // so that the reader has to wait now and then
                    }
                }
            });
            writer.start();
            writers.add(writer);
        }
        for (int i = 0; i < 60_000; i++) {
            assertThat(mailbox.poll(TimeUnit.HOURS.toNanos(1))).isNotNull();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(mailbox.poll(0)).isNull();
    }
}
