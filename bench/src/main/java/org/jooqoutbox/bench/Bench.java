package org.jooqoutbox.bench;

import java.util.Random;

/**
 * What scenarios share.
 *
 * @param settings what was asked for
 * @param server the PostgreSQL they run on
 * @param results where figures go to
 * @param random for all decisions left to chance; from the seed
 */
record Bench(BenchSettings settings, Server server, Results results, Random random) {}
