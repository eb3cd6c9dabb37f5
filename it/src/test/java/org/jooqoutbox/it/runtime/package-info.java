/** What the tests really run on. */
@NullMarked
package org.jooqoutbox.it.runtime;

import org.jspecify.annotations.NullMarked;
