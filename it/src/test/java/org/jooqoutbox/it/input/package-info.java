/** What goes in: that whatever the library lets pass is kept by PostgreSQL as it is. */
@NullMarked
package org.jooqoutbox.it.input;

import org.jspecify.annotations.NullMarked;
