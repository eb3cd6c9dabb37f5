package org.jooqoutbox.dispatch;

/**
 * What the dispatchers of one worker have in common.
 *
 * @param places for handlers at work
 * @param room for messages that wait to be started
 * @param suspects how many suspects may be held at once: one. A suspect runs alone in its outbox, but beside others of other outboxes. Were two
 *     of them held at once, the death of the process would be counted to both
 */
record Shares(Share places, Share room, Share suspects) {

    /** Of a dispatcher that is the only one of its worker. */
    static Shares own() {
        return new Shares(Share.unlimited(), Share.unlimited(), Share.unlimited());
    }
}
