/** One set of generated classes for many outboxes. */
@NullMarked
package org.jooqoutbox.it.mapping;

import org.jspecify.annotations.NullMarked;
