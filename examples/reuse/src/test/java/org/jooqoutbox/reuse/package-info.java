/** On a real PostgreSQL, with two tenants. */
@NullMarked
package org.jooqoutbox.reuse;

import org.jspecify.annotations.NullMarked;
