/** The outbox table as a product: its name, its installation, and a check of what is really there. */
@NullMarked
package org.jooqoutbox.schema;

import org.jspecify.annotations.NullMarked;
