/** Installation, adoption and check of the table. */
@NullMarked
package org.jooqoutbox.it.schema;

import org.jspecify.annotations.NullMarked;
