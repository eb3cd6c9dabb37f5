package org.jooqoutbox.bench;

import java.util.List;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;

/** Settles messages as done, and claims as many others at once. */
final class OverheadSettleAndClaim implements OverheadOperation {

    private final OverheadSite site;
    private final OverheadTwin twin;

    OverheadSettleAndClaim(OverheadSite site, OverheadTwin twin) {
        this.site = site;
        this.twin = twin;
    }

    @Override
    public String title() {
        return "settleAndClaim";
    }

    @Override
    public List<Way> ways() {
        return List.of(Way.LIBRARY, Way.SAME_SQL);
    }

    /** Those that are settled are claimed apart from those that are claimed. */
    @Override
    public void fill(int messages) {
        site.fill(2 * messages);
    }

    @Override
    public Task task(Way way, int messages) {
        return way == Way.LIBRARY ? new ByLibrary(messages) : new BySameSql(messages);
    }

    private abstract class Passing implements Task {

        final ClaimRequest request;
        List<Settlement> settlements = List.of();
        private List<Message> claimed = List.of();

        Passing(int messages) {
            this.request = OverheadSite.request(messages);
        }

        @Override
        public void before() {
            settlements = OverheadSite.done(site.claimed(request.limit()));
        }

        @Override
        public final void run() throws Exception {
            claimed = pass();
        }

        /** Returns what was claimed. */
        abstract List<Message> pass() throws Exception;

        @Override
        public final void after() {
            OverheadSite.require(claimed, request.limit());
        }
    }

    private final class ByLibrary extends Passing {

        ByLibrary(int messages) {
            super(messages);
        }

        @Override
        List<Message> pass() {
            return site.outbox().settleAndClaim(settlements, request).claim().messages();
        }
    }

    private final class BySameSql extends Passing {

        private Replay replay = new Replay("", List.of());

        BySameSql(int messages) {
            super(messages);
        }

        @Override
        public void before() {
            super.before();
            replay = site.rehearsal().of(outbox -> outbox.settleAndClaim(settlements, request));
        }

        @Override
        List<Message> pass() throws Exception {
            return twin.settleAndClaim(replay);
        }
    }
}
