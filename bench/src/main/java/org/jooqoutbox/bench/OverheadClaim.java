package org.jooqoutbox.bench;

import java.util.List;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;

/** Claims messages. */
final class OverheadClaim implements OverheadOperation {

    private final OverheadSite site;
    private final OverheadTwin twin;

    OverheadClaim(OverheadSite site, OverheadTwin twin) {
        this.site = site;
        this.twin = twin;
    }

    @Override
    public String title() {
        return "claim";
    }

    @Override
    public List<Way> ways() {
        return List.of(Way.LIBRARY, Way.SAME_SQL);
    }

    @Override
    public void fill(int messages) {
        site.fill(messages);
    }

    @Override
    public Task task(Way way, int messages) {
        ClaimRequest request = OverheadSite.request(messages);
        return way == Way.LIBRARY ? new ByLibrary(request) : new BySameSql(request);
    }

    private abstract static class Claiming implements Task {

        final ClaimRequest request;
        private List<Message> claimed = List.of();

        Claiming(ClaimRequest request) {
            this.request = request;
        }

        @Override
        public void before() {}

        @Override
        public final void run() throws Exception {
            claimed = claim();
        }

        abstract List<Message> claim() throws Exception;

        @Override
        public final void after() {
            OverheadSite.require(claimed, request.limit());
        }
    }

    private final class ByLibrary extends Claiming {

        ByLibrary(ClaimRequest request) {
            super(request);
        }

        @Override
        List<Message> claim() {
            return site.outbox().claim(request).messages();
        }
    }

    private final class BySameSql extends Claiming {

        private Replay replay;

        BySameSql(ClaimRequest request) {
            super(request);
            replay = rehearsed();
        }

        private Replay rehearsed() {
            return site.rehearsal().of(outbox -> outbox.claim(request));
        }

        @Override
        public void before() {
            replay = rehearsed();
        }

        @Override
        List<Message> claim() throws Exception {
            return twin.claim(replay);
        }
    }
}
