package org.jooqoutbox.bench;

import org.jooqoutbox.bench.Verdict.Limit;

/**
 * Looks for the highest rate that is sustained: by short probes up to the first that is not, then by long ones in between. Only what fails twice has
 * failed: something else may have been at work the first time.
 *
 * @param start the rate to begin with
 * @param most no more than this is tried
 * @param bisections how often to look in between
 */
record RateSearch(double start, double most, int bisections) {

    private static final double LEAST = 1;
    private static final double STEP = 2;
    private static final double BACK = 1.2;

    /** Tries a rate. */
    @FunctionalInterface
    interface Probe {

        Verdict at(double perSecond, boolean closely) throws Exception;
    }

    /**
     * What was found.
     *
     * @param rate messages per second that were written when it was the highest sustained one; 0 if none was
     * @param limit what held up the next higher one; nothing if none was tried
     */
    record Found(double rate, Limit limit) {}

    Found search(Probe probe) throws Exception {
        return new Run(probe).search();
    }

    private final class Run {

        private final Probe probe;
        private double good;
        private double bad = Double.POSITIVE_INFINITY;
        private Limit limit = Limit.NONE;
        private double confirmed;

        Run(Probe probe) {
            this.probe = probe;
        }

        Found search() throws Exception {
            double rate = start;
            while ((good == 0 || Double.isInfinite(bad)) && rate <= most && rate >= LEAST) {
                rate = at(rate, false) ? rate * STEP : rate / STEP;
            }
            for (int i = 0; i < bisections && good > 0 && Double.isFinite(bad); i++) {
                at(Math.sqrt(good * bad), true);
            }
            // What a short probe has seen may not last.
            while (confirmed == 0 && good >= LEAST) {
                double last = good;
                if (!at(last, true)) {
                    good = last / BACK;
                }
            }
            return new Found(confirmed, limit);
        }

        private boolean at(double rate, boolean closely) throws Exception {
            Verdict first = probe.at(rate, closely);
            Verdict verdict = first.sustained() ? first : probe.at(rate, closely);
            if (verdict.sustained()) {
                good = rate;
                confirmed = closely ? verdict.rate() : confirmed;
            } else {
                bad = rate;
                limit = verdict.limit();
            }
            return verdict.sustained();
        }
    }
}
