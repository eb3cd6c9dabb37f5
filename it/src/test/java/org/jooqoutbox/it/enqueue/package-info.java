/** Enqueueing: in whose transaction, and under which rights and settings. */
@NullMarked
package org.jooqoutbox.it.enqueue;

import org.jspecify.annotations.NullMarked;
