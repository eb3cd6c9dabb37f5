/** Start, stop and outages of workers in this process, on a real PostgreSQL. */
@NullMarked
package org.jooqoutbox.it.lifecycle;

import org.jspecify.annotations.NullMarked;
