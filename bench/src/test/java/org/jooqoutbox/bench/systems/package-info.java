/** Tests of what is compared. */
@NullMarked
package org.jooqoutbox.bench.systems;

import org.jspecify.annotations.NullMarked;
