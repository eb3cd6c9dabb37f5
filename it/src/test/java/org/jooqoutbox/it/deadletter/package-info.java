/** Dead letters as operators handle them, and how an outbox stands. */
@NullMarked
package org.jooqoutbox.it.deadletter;

import org.jspecify.annotations.NullMarked;
