/** Processes that are killed, frozen, told to stop and cut off from the server, on a real PostgreSQL. */
@NullMarked
package org.jooqoutbox.it.crash;

import org.jspecify.annotations.NullMarked;
