/**
 * A program that keeps a steady load of producers and handlers going and tells how it stands, in the plain contract that independent benchmarks
 * of queues use: environment in, JSON lines out. So others can measure this library with a harness that is not ours. {@link
 * org.jooqoutbox.bench.steadystate.SteadyState} is its main class.
 */
@NullMarked
package org.jooqoutbox.bench.steadystate;

import org.jspecify.annotations.NullMarked;
