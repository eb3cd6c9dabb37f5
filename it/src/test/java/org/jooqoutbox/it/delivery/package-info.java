/** Delivery in the transaction that removes the message. */
@NullMarked
package org.jooqoutbox.it.delivery;

import org.jspecify.annotations.NullMarked;
