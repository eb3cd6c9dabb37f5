package org.jooqoutbox.bench.steadystate;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pace of a harness, which writes a line {@code ENQUEUE 25} when so many messages are due. They are always read, as a harness may wait for a
 * pipe that is full. When there are no more lines, there are no more messages.
 */
final class TokenPace implements Pace {

    private static final Logger LOG = System.getLogger(TokenPace.class.getName());
    private static final Pattern TOKEN = Pattern.compile("ENQUEUE ([0-9]{1,6})");

    /** What is due beyond that is forgotten: it is more than is caught up with after an outage. */
    private static final int MOST_DUE = 1_000_000;

    private final int batchMax;
    private final Semaphore due = new Semaphore(0);

    TokenPace(BufferedReader lines, int batchMax) {
        this.batchMax = batchMax;
        Daemon.start("tokens", () -> listen(lines));
    }

    private void listen(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line);
            }
            LOG.log(Level.INFO, "standard input has ended: nothing more will be written");
        } catch (IOException e) {
            LOG.log(Level.WARNING, "standard input cannot be read any more: nothing more will be written", e);
        }
    }

    private void hear(String line) {
        Matcher token = TOKEN.matcher(line.strip());
        if (!token.matches()) {
            LOG.log(Level.WARNING, "standard input said \"{0}\", but was to say ENQUEUE and a number", line);
            return;
        }
        int more = Integer.parseInt(token.group(1));
        if (due.availablePermits() + more <= MOST_DUE) {
            due.release(more);
        }
    }

    @Override
    public int next() throws InterruptedException {
        due.acquire();
        int more = due.drainPermits();
        int taken = Math.min(more, batchMax - 1);
        due.release(more - taken);
        return taken + 1;
    }
}
