/** Ordering keys on PostgreSQL: what is asked about them, and what is done by hand to messages that wait. */
@NullMarked
package org.jooqoutbox.it.keys;

import org.jspecify.annotations.NullMarked;
