package org.jooqoutbox.bench;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/** Learns which statement the library would send, and keeps it from being sent. For one thread. */
final class Rehearsal implements ExecuteListener {

    private static final long serialVersionUID = 1L;
    private static final String STOPPED = "Only a rehearsal";

    private final transient JooqOutboxRepository outbox;
    private boolean rehearses;
    private transient @Nullable Replay learned;

    /** Ends the library's call. */
    private static final class Stop extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Stop() {
            super(STOPPED, null, false, false);
        }
    }

    /** For an outbox whose connections come from this context. */
    @SuppressWarnings("this-escape")
    Rehearsal(DSLContext dsl, OutboxTable table) {
        outbox = JooqOutboxRepository.of(
                dsl.configuration().deriveAppending(this).dsl(), table);
    }

    /** What the library would send last to do this: it may send something else before, which it is not kept from. */
    Replay of(Consumer<JooqOutboxRepository> work) {
        learned = null;
        rehearses = true;
        try {
            work.accept(outbox);
        } catch (Stop e) {
            return Objects.requireNonNull(learned);
        } finally {
            rehearses = false;
        }
        throw new BenchException("the library sent nothing");
    }

    @Override
    public void executeStart(ExecuteContext context) {
        String sql = Objects.requireNonNull(context.sql());
        // What transactions are is asked once.
        if (rehearses && !sql.contains("current_setting")) {
            List<Object> binds = Objects.requireNonNull(context.query()).getBindValues();
            learned = new Replay(sql, binds);
            throw new Stop();
        }
    }
}
