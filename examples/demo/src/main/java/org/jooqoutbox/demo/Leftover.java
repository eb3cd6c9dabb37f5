package org.jooqoutbox.demo;

import java.util.UUID;

/** A row that is in an outbox table at the end. */
record Leftover(UUID message, String service, String status, int attempts) {}
