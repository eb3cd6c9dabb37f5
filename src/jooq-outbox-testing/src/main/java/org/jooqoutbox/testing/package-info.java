/**
 * For tests of applications, and of repositories: an outbox in memory on a clock that the test moves, a dispatcher that runs when told to,
 * assertions on both, and the tests that every {@link org.jooqoutbox.OutboxRepository} must pass.
 */
@NullMarked
package org.jooqoutbox.testing;

import org.jspecify.annotations.NullMarked;
