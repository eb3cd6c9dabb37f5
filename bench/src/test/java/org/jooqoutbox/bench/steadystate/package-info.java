/** Tests of the steady-state program, as functions and as the process that others start. */
@NullMarked
package org.jooqoutbox.bench.steadystate;

import org.jspecify.annotations.NullMarked;
