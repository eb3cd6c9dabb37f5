/** Tests of what the benchmarks are measured with. */
@NullMarked
package org.jooqoutbox.bench;

import org.jspecify.annotations.NullMarked;
