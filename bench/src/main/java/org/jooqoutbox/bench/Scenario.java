package org.jooqoutbox.bench;

/** One question, and how it is measured. Each has a database of its own. */
interface Scenario {

    /** What {@code bench.only} calls it. */
    String name();

    /** What is to be found out, as a heading. */
    String title();

    /**
     * Measures, and hands what it found to the results.
     *
     * @throws BenchException if something went wrong, so that the figures are worth nothing; slowness is no reason
     */
    void run(Bench bench, Database database) throws Exception;
}
