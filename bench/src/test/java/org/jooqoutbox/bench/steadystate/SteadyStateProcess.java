package org.jooqoutbox.bench.steadystate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.function.Predicate;

/** The program in a JVM of its own, as a harness runs it: it is told by its environment, and its standard output is read line by line. */
final class SteadyStateProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long LOOK_EVERY_MILLIS = 50;
    private static final Path LOGS = Path.of("target", "steady-state-logs");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedWriter input;
    private final Path log;
    private final List<JsonNode> lines = new ArrayList<>();
    private boolean silent;

    private SteadyStateProcess(Process process, Path log) {
        this.process = process;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.log = log;
        Thread reader = new Thread(this::listen, "listens-to-steady-state");
        reader.setDaemon(true);
        reader.start();
    }

    static SteadyStateProcess start(Map<String, String> environment) throws IOException {
        Files.createDirectories(LOGS);
        Path log = Files.createTempFile(LOGS, "stderr-", ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SteadyState.class.getName())
                .redirectError(log.toFile());
        builder.environment().putAll(environment);
        return new SteadyStateProcess(builder.start(), log);
    }

    private void listen() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                heard(parse(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fallSilent();
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            return JSON.createObjectNode().put("kind", "not JSON: " + line);
        }
    }

    private synchronized void heard(JsonNode line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void fallSilent() {
        silent = true;
        notifyAll();
    }

    /** All that it has said so far. */
    synchronized List<JsonNode> said() {
        return List.copyOf(lines);
    }

    /** Says something on its standard input. */
    void tell(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /** Waits until it has said this many lines like that, and returns them. */
    synchronized List<JsonNode> await(int count, Predicate<JsonNode> like) throws InterruptedException, IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (lines.stream().filter(like).count() < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (silent || left <= 0) {
                throw new AssertionError(
                        (silent ? "it ended" : "it took too long") + "; it said " + lines + " and logged " + log());
            }
            wait(left);
        }
        return lines.stream().filter(like).toList();
    }

    /** Waits until it has logged this. A file cannot tell us, so it is looked at. */
    synchronized void awaitLog(String text) throws InterruptedException, IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!log().contains(text)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it took too long; it logged " + log());
            }
            wait(LOOK_EVERY_MILLIS);
        }
    }

    /** Asks it to end, as a harness does. */
    void terminate() {
        process.toHandle().destroy(); // that of the process itself would close its streams
    }

    /** Waits until it has ended, and returns its exit code. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it did not end");
        }
        return process.exitValue();
    }

    /** What it has logged so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Kills it if it is there. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
