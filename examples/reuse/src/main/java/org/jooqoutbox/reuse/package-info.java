/** Queries on the outboxes of several tenants, with the generated table classes alone: neither the library nor anything of it is needed. */
@NullMarked
package org.jooqoutbox.reuse;

import org.jspecify.annotations.NullMarked;
