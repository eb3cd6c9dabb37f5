/** Who is told, in this process and in others, that messages may have become due. */
@NullMarked
package org.jooqoutbox.it.wakeup;

import org.jspecify.annotations.NullMarked;
