package org.jooqoutbox.demo;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link ReplicaMain} in a JVM of its own. */
final class ReplicaProcess {

    /** Is told what a replica says, on a thread of that replica's. */
    interface Listener {

        void entry(ReplicaProcess replica, Entry entry);

        void note(ReplicaProcess replica, String note);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaProcess.class);
    private static final long STOP_SECONDS = 15;

    private final String name;
    private final ReplicaOptions options;
    private final Process process;
    private final BufferedWriter commands;
    private final Thread reader;
    private volatile boolean ending;
    private volatile boolean killed;
    private volatile boolean halted;
    private volatile @Nullable String stopReport;

    private ReplicaProcess(String name, ReplicaOptions options, Process process, Listener listener) {
        this.name = name;
        this.options = options;
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        this.reader = new Thread(() -> read(listener), "reader-" + name);
        reader.setDaemon(true);
    }

    /**
     * Starts a replica. What it logs goes to a file beside its journal.
     *
     * @param name what it is called, for people
     */
    static ReplicaProcess start(String name, ReplicaOptions options, Listener listener) {
        ProcessBuilder builder = new ProcessBuilder(command(options));
        builder.environment().putAll(options.environment());
        builder.redirectError(logOf(options).toFile());
        try {
            ReplicaProcess replica = new ReplicaProcess(name, options, builder.start(), listener);
            replica.reader.start();
            return replica;
        } catch (IOException e) {
            throw new UncheckedIOException("replica " + name + " could not be started", e);
        }
    }

    private static List<String> command(ReplicaOptions options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.jooq.no-logo=true",
                "-Dorg.jooq.no-tips=true",
                "-cp",
                System.getProperty("java.class.path"),
                ReplicaMain.class.getName()));
        command.addAll(options.arguments());
        return command;
    }

    private void read(Listener listener) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line, listener);
            }
        } catch (IOException e) {
            listener.note(this, "its output could not be read: " + e);
        }
    }

    private void hear(String line, Listener listener) {
        if (line.startsWith(ReplicaMain.STOPPED)) {
            stopReport = line.substring(ReplicaMain.STOPPED.length());
        }
        Entry.parse(line).ifPresentOrElse(entry -> hear(entry, listener), () -> listener.note(this, line));
    }

    private void hear(Entry entry, Listener listener) {
        halted |= entry.event() == Entry.Event.HALTED;
        listener.entry(this, entry);
    }

    /** Ends it as a crash does: no handler, no shutdown hook gets to do anything. */
    void kill() {
        killed = true;
        ending = true;
        process.destroyForcibly();
    }

    /** Whether a poison message has ended it. */
    boolean wasHalted() {
        return halted && hasEnded() && process.exitValue() == ReplicaMain.EXIT_BY_POISON;
    }

    /** Whether it is not to be expected to do anything more. */
    boolean isGone() {
        return killed || wasHalted();
    }

    /** Whether it ended by itself, for no known reason. */
    boolean died() {
        return !ending && hasEnded() && !wasHalted();
    }

    /** Whether all it had to say was heard, too. */
    private boolean hasEnded() {
        return !process.isAlive() && !reader.isAlive();
    }

    /** Tells it something; no answer is expected. Nothing happens if it has gone. */
    synchronized void tell(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            LOG.debug("{} does not listen: it is gone, which whoever waits for it notices", this, e);
        }
    }

    /** Asks it to stop; {@link #awaitEnd} waits until it has. */
    void requestStop() {
        ending = true;
        tell("stop");
    }

    /** Waits until it has ended and all it said was heard. One that does not end in time is killed. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            kill();
        }
        process.waitFor();
        reader.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
    }

    /** What the worker reported when it stopped. */
    @Nullable
    String stopReport() {
        return stopReport;
    }

    /** Its journal, once it has ended. */
    Testimony testimony() {
        return new Testimony(name, options.outbox().schema(), isGone(), Journal.read(options.journal()));
    }

    ReplicaOptions options() {
        return options;
    }

    /** Where its log is. */
    Path log() {
        return logOf(options);
    }

    private static Path logOf(ReplicaOptions options) {
        return Path.of(options.journal() + ".log");
    }

    String describe() {
        return name + " (pid " + process.pid() + ")";
    }

    @Override
    public String toString() {
        return name;
    }
}
