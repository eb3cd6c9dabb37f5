/** What the README and the pages in docs say, run. */
@NullMarked
package org.jooqoutbox.it.docs;

import org.jspecify.annotations.NullMarked;
