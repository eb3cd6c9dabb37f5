package org.jooqoutbox.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.jooqoutbox.bench.systems.QueueSystem.Running;

/**
 * A worker in a process of its own, which can be killed. Each of its handlers writes the number of its message into a pipe before it returns, so
 * that nothing is settled that this side has not heard of, whatever happens to the process.
 */
final class WorkerProcess implements AutoCloseable {

    private static final long READY = -1;
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final NumberedJourneys journeys;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread listener = new Thread(this::listen, "bench-worker-listener");

    private WorkerProcess(Process process, NumberedJourneys journeys) {
        this.process = process;
        this.journeys = journeys;
        listener.start();
    }

    /** Starts a worker of this system, and does not wait until it is at work. */
    static WorkerProcess start(QueueSystem system, ServerConnections connections, NumberedJourneys journeys)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Dorg.jooq.no-logo=true",
                "-Dorg.jooq.no-tips=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", // not each connection that is cut
                "-classpath",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName(),
                system.title());
        connections.putInto(builder.environment());
        return new WorkerProcess(builder.redirectError(Redirect.INHERIT).start(), journeys);
    }

    private void listen() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            while (true) {
                long number = in.readLong();
                if (number == READY) {
                    ready.countDown();
                } else {
                    journeys.begun(number);
                }
            }
        } catch (EOFException e) {
            // It has ended, and all that it said was heard.
        } catch (IOException e) {
            throw new BenchException("the worker's process cannot be heard", e);
        }
    }

    void awaitReady() throws InterruptedException {
        if (!ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new BenchException("the worker's process did not begin within " + PATIENCE_SECONDS + " s");
        }
    }

    /** Ends it as a crash does, and returns when all that it said is heard. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly(); // that of the process itself would close the pipe
        listener.join();
    }

    /** Ends it in its own orderly way, or as a crash does if that takes long. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                listener.join();
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /** The process itself: ends with its input. Its argument is the title of the system. */
    public static void main(String[] args) throws Exception {
        FileOutputStream pipe = new FileOutputStream(FileDescriptor.out);
        // Nobody else may write into the pipe.
        System.setOut(System.err);
        QueueSystem system = Systems.all().stream()
                .filter(each -> each.title().equals(args[0]))
                .findFirst()
                .orElseThrow();
        try (Running running = system.start(
                ServerConnections.fromEnvironment(), Stage.THREADS, payload -> tell(pipe, Payloads.number(payload)))) {
            tell(pipe, READY);
            awaitEndOfInput(running);
        }
    }

    private static void awaitEndOfInput(Running running) throws IOException {
        if (System.in.read() >= 0) {
            throw new BenchException("nothing is said to " + running);
        }
    }

    /** In one call, which pipes take as a whole or not at all, so that threads need not wait for each other. */
    private static void tell(FileOutputStream pipe, long number) throws IOException {
        pipe.write(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }
}
