package org.jooqoutbox.bench;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jspecify.annotations.Nullable;

/** What a dispatcher does: by the library, and by plain JDBC with the statement and the values that the library would send. */
abstract class OverheadExchange implements OverheadOperation {

    private final OverheadSite site;

    OverheadExchange(OverheadSite site) {
        this.site = site;
    }

    /**
     * What one call is about.
     *
     * @param request what is claimed, if anything is
     * @param settlements of messages that were claimed before; none if nothing is settled
     */
    record Given(ClaimRequest request, List<Settlement> settlements) {

        int messages() {
            return request.limit();
        }
    }

    /** Whether messages are claimed before that are to be settled. */
    abstract boolean settles();

    /** Returns something for each message. */
    abstract List<?> byLibrary(JooqOutboxRepository outbox, Given given);

    /** Does the same, and returns the same. */
    abstract List<?> bySameSql(Replay replay) throws SQLException;

    /** Whether one of these is as it should be. */
    boolean isRight(Object result) {
        return true;
    }

    @Override
    public final List<Way> ways() {
        return List.of(Way.LIBRARY, Way.SAME_SQL);
    }

    @Override
    public void fill(int messages) {
        site.fill(messages);
    }

    @Override
    public final Task task(Way way, int messages) {
        return way == Way.LIBRARY ? new ByLibrary(messages) : new BySameSql(messages);
    }

    private abstract class Call implements Task {

        private final ClaimRequest request;
        Given given;
        private List<?> results = List.of();

        Call(int messages) {
            request = OverheadSite.request(messages);
            given = new Given(request, List.of());
        }

        @Override
        public void before() {
            given = new Given(request, settles() ? OverheadSite.done(site.claimed(given.messages())) : List.of());
        }

        @Override
        public final void run() throws Exception {
            results = call();
        }

        abstract List<?> call() throws Exception;

        @Override
        public final void after() {
            OverheadSite.require(
                    results.stream().filter(OverheadExchange.this::isRight).toList(), given.messages());
        }
    }

    private final class ByLibrary extends Call {

        ByLibrary(int messages) {
            super(messages);
        }

        @Override
        List<?> call() {
            return byLibrary(site.outbox(), given);
        }
    }

    private final class BySameSql extends Call {

        private @Nullable Replay replay;

        BySameSql(int messages) {
            super(messages);
        }

        @Override
        public void before() {
            super.before();
            replay = site.rehearsal().of(outbox -> byLibrary(outbox, given));
        }

        @Override
        List<?> call() throws Exception {
            return bySameSql(Objects.requireNonNull(replay));
        }
    }
}
