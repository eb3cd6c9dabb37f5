/** Many outboxes in one database, and one worker for all of them. */
@NullMarked
package org.jooqoutbox.it.tenants;

import org.jspecify.annotations.NullMarked;
