/** Takes messages from an outbox and hands them to handlers. Works with any {@code OutboxRepository}; knows nothing of jOOQ. */
@NullMarked
package org.jooqoutbox.dispatch;

import org.jspecify.annotations.NullMarked;
