/** Processes that are killed, frozen and told to stop, on a real PostgreSQL. */
@NullMarked
package org.jooqoutbox.it.crash;

import org.jspecify.annotations.NullMarked;
