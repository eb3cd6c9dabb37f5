/**
 * What an application touches: messages, their kinds and handlers, and the repository that keeps them.
 *
 * <p>Nothing in this package knows jOOQ.
 */
@NullMarked
package org.jooqoutbox;

import org.jspecify.annotations.NullMarked;
