/** Workers in this process under load, on a real PostgreSQL: start, stop, outages, failures in batches, replays, and what the figures say. */
@NullMarked
package org.jooqoutbox.it.lifecycle;

import org.jspecify.annotations.NullMarked;
