/**
 * Ways of getting messages from a transaction to their handlers: ours, others', and what one could write by hand. Each is a {@link
 * org.jooqoutbox.bench.systems.QueueSystem}, driven through its public API with the settings that its documentation recommends for speed.
 * Scenarios know this interface only.
 */
@NullMarked
package org.jooqoutbox.bench.systems;

import org.jspecify.annotations.NullMarked;
