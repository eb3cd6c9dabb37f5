package org.jooqoutbox.bench;

import java.util.List;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;

/** Settles messages as done. */
final class OverheadSettle implements OverheadOperation {

    private final OverheadSite site;
    private final OverheadTwin twin;

    OverheadSettle(OverheadSite site, OverheadTwin twin) {
        this.site = site;
        this.twin = twin;
    }

    @Override
    public String title() {
        return "settle";
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
        return way == Way.LIBRARY ? new ByLibrary(messages) : new BySameSql(messages);
    }

    private abstract class Settling implements Task {

        private final int messages;
        List<Settlement> settlements = List.of();
        private List<Verdict> verdicts = List.of();

        Settling(int messages) {
            this.messages = messages;
        }

        @Override
        public void before() {
            settlements = OverheadSite.done(site.claimed(messages));
        }

        @Override
        public final void run() throws Exception {
            verdicts = settle();
        }

        abstract List<Verdict> settle() throws Exception;

        @Override
        public final void after() {
            OverheadSite.require(
                    verdicts.stream()
                            .filter(verdict -> verdict == Verdict.APPLIED)
                            .toList(),
                    messages);
        }
    }

    private final class ByLibrary extends Settling {

        ByLibrary(int messages) {
            super(messages);
        }

        @Override
        List<Verdict> settle() {
            return site.outbox().settle(settlements);
        }
    }

    private final class BySameSql extends Settling {

        private Replay replay = new Replay("", List.of());

        BySameSql(int messages) {
            super(messages);
        }

        @Override
        public void before() {
            super.before();
            replay = site.rehearsal().of(outbox -> outbox.settle(settlements));
        }

        @Override
        List<Verdict> settle() throws Exception {
            return twin.settle(replay);
        }
    }
}
