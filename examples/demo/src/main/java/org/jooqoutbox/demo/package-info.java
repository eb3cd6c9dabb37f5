/**
 * The demo: two services and their outboxes on a real PostgreSQL, with rollbacks, failing handlers and a killed process, and a judge that
 * accounts for every message.
 *
 * <p>{@link org.jooqoutbox.demo.Service} shows how a message is enqueued, {@link org.jooqoutbox.demo.ReplicaMain} how it is delivered.
 */
@NullMarked
package org.jooqoutbox.demo;

import org.jspecify.annotations.NullMarked;
