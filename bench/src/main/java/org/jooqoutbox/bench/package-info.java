/**
 * Benchmarks on a real PostgreSQL that is thrown away. {@link org.jooqoutbox.bench.BenchMain} runs the {@link org.jooqoutbox.bench.Scenario}s; each
 * compares variants that take turns in one run, and fails if a message is lost or delivered twice, never because something is slow.
 */
@NullMarked
package org.jooqoutbox.bench;

import org.jspecify.annotations.NullMarked;
