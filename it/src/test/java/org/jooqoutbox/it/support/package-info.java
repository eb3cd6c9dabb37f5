/** The PostgreSQL and the outboxes that the tests run on. */
@NullMarked
package org.jooqoutbox.it.support;

import org.jspecify.annotations.NullMarked;
