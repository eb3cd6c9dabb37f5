package org.jooqoutbox.bench.systems;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A way of getting messages from a transaction to their handlers. Stateless, so that one object serves all rounds. */
public interface QueueSystem {

    /** What tables call it: short, and with the form if there are several. */
    String title();

    /** Version of the library, as it says itself; of what we wrote ourselves, what it is. */
    String version();

    /** The settings that differ from its defaults, for the summary. */
    String settings();

    /** Creates its tables in this database, which has none of them yet. */
    void install(Connections connections) throws Exception;

    /** Tables of the messages, qualified, where dead rows are to be counted. */
    List<String> tables();

    /** How many messages are not yet settled, retries included, dead letters not. */
    long remaining(Connections connections) throws Exception;

    /**
     * A producer, for one thread, with a connection of its own. The caller closes it.
     *
     * @throws UnsupportedOperationException if it cannot write in the transaction of the caller
     */
    Sender sender(Connections connections) throws Exception;

    /**
     * Makes a backlog of these, as fast as it can without being asked for anything beside them: by a {@link #sender}, 1,000 in a transaction,
     * unless it has a way of its own. No worker runs meanwhile.
     */
    default void fill(Connections connections, Stream<String> payloads) throws Exception {
        try (Sender sender = sender(connections)) {
            List<String> chunk = new ArrayList<>();
            for (Iterator<String> left = payloads.iterator(); left.hasNext(); ) {
                chunk.add(left.next());
                if (chunk.size() == 1_000 || !left.hasNext()) {
                    sender.send(List.copyOf(chunk));
                    chunk.clear();
                }
            }
        }
    }

    /**
     * Starts one worker, as one replica of a service would have it, with a connection pool of its own.
     *
     * @param threads how many handlers may run at once
     */
    Running start(Connections connections, int threads, Handler handler) throws Exception;

    /**
     * Like {@link #start}, and tells of each message that is settled, which is when it will not come again.
     *
     * @param settled is given the payload; called by many threads
     * @return empty if this system has no way to tell: then nothing was started
     */
    default Optional<Running> startTelling(
            Connections connections, int threads, Handler handler, Consumer<String> settled) throws Exception {
        return Optional.empty();
    }

    /** What a message is handed to: its payload as it was sent. An exception is a failure that has to be tried again. Called by many threads. */
    @FunctionalInterface
    interface Handler {

        void handle(String payload) throws Exception;
    }

    /** Writes messages. */
    interface Sender extends AutoCloseable {

        /** Commits these in one transaction, with one row in the table {@code business (id uuid primary key, note text)} of schema {@code public}. */
        void send(List<String> payloads) throws Exception;

        @Override
        void close();
    }

    /** A worker at work. */
    interface Running extends AutoCloseable {

        /** Stops it in its own orderly way; what it has handled is settled afterwards. */
        @Override
        void close();
    }
}
