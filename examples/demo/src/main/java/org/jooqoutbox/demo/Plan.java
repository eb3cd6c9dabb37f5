package org.jooqoutbox.demo;

import java.util.Set;
import java.util.UUID;

/**
 * What the orders were prepared for.
 *
 * @param transactional the messages that are handled in transactional mode
 * @param poison those whose handler ends its process
 */
record Plan(Set<UUID> transactional, Set<UUID> poison) {

    Plan {
        transactional = Set.copyOf(transactional);
        poison = Set.copyOf(poison);
    }
}
