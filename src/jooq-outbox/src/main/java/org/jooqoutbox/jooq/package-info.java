/** The outbox on jOOQ and PostgreSQL: the only package that knows either. */
@NullMarked
package org.jooqoutbox.jooq;

import org.jspecify.annotations.NullMarked;
