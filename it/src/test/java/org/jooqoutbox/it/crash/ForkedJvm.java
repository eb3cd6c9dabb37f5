package org.jooqoutbox.it.crash;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jooqoutbox.it.support.Postgres;

/**
 * A JVM of its own with the classpath of this one. It says what it does, one line per event, so that a test waits for events and never for
 * time; it is told what to do the same way. {@link TestTalk} is its side of the talk. What it logs is in {@code target/forked-jvms}.
 */
final class ForkedJvm implements AutoCloseable {

    static final String PASSWORD = "OUTBOX_TEST_PASSWORD";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path LOGS = Path.of("target", "forked-jvms");

    private final String name;
    private final Process process;
    private final Path log;
    private final BufferedWriter commands;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final List<String> lines = new ArrayList<>();
    private boolean silent;

    private ForkedJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::listen, "listens-to-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts this main class with these system properties. The password of the database is in the environment.
     *
     * @param jvmOptions the classpath among them, see {@link ForkedClasses}
     */
    static ForkedJvm start(String name, Class<?> main, Map<String, String> properties, List<String> jvmOptions) {
        try {
            Files.createDirectories(LOGS);
            Path log = Files.createTempFile(LOGS, name + "-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command(main, properties, jvmOptions));
            builder.environment().put(PASSWORD, password());
            return new ForkedJvm(name, builder.redirectError(log.toFile()).start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("a JVM for " + main.getName() + " could not be started", e);
        }
    }

    // One that forks another has no database of its own.
    private static String password() {
        String inherited = System.getenv(PASSWORD);
        return inherited == null ? Postgres.password() : inherited;
    }

    private static List<String> command(Class<?> main, Map<String, String> properties, List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-Dorg.jooq.no-logo=true", "-Dorg.jooq.no-tips=true"));
        command.addAll(jvmOptions);
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add(main.getName());
        return command;
    }

    private void listen() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                heard(line);
            }
        } catch (IOException e) {
            heard("cannot be heard any more: " + e);
        }
        lock.lock();
        try {
            silent = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void heard(String line) {
        lock.lock();
        try {
            lines.add(line);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has said so far that begins so. */
    List<String> said(String beginning) {
        lock.lock();
        try {
            return lines.stream().filter(line -> line.startsWith(beginning)).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it has said something that begins so, and returns the first such line. */
    String await(String beginning) throws InterruptedException {
        return await(beginning, 1).get(0);
    }

    /** Waits until it has said this many things that begin so, and returns all of them. */
    List<String> await(String beginning, int count) throws InterruptedException {
        long left = PATIENCE.toNanos();
        lock.lock();
        try {
            while (said(beginning).size() < count) {
                if (silent || left <= 0) {
                    throw new AssertionError(
                            this + (silent ? " ended" : " took too long") + " before it said \"" + beginning + "\" "
                                    + count + " times; it said " + lines + ", its log is " + log.toAbsolutePath());
                }
                left = news.awaitNanos(left);
            }
            return said(beginning);
        } finally {
            lock.unlock();
        }
    }

    /** Tells it something. Nothing happens if it has gone. */
    void tell(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            heard("cannot be told any more: " + e);
        }
    }

    /** Ends it as a crash does: no handler, no shutdown hook gets to do anything. Returns when it is gone. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        awaitExit();
    }

    /** Asks it to end, as an operating system or an orchestrator does. */
    void terminate() {
        process.toHandle().destroy(); // that of the process itself would close the streams of the talk
    }

    /** Stops its threads where they are. Unix only. */
    void freeze() throws InterruptedException {
        signal("-STOP");
    }

    /** Lets its threads go on. */
    void thaw() throws InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws InterruptedException {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(pid())).start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("kill " + signal + " of " + this + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("kill " + signal + " of " + this + " could not be run", e);
        }
    }

    /** Waits until it has ended, and returns its exit code. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(
                    this + " did not end; it said " + said("") + ", its log is " + log.toAbsolutePath());
        }
        return process.exitValue();
    }

    /** Kills it if it is there. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return name + " (pid " + process.pid() + ")";
    }
}
