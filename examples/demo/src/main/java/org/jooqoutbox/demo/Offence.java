package org.jooqoutbox.demo;

import java.util.UUID;

/** Something that must not happen to a message, and did. */
record Offence(Kind kind, UUID message, String detail) {

    enum Kind {
        LOST("lost"),
        GHOST("delivered though rolled back"),
        DUPLICATED("duplicated without a reason"),
        STALE("changed by a replica that did not hold it"),
        ALTERED("delivered with another payload"),
        STRAY("delivered by another service's dispatcher"),
        LEFT_OVER("left over"),
        NOT_POSTED("handled in a transaction, without its row"),
        POSTED_AGAIN("handled in a transaction, with more than one row"),
        CHARGED("charged with what others did"),
        POISON("poison that was not contained");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    @Override
    public String toString() {
        return kind + ": " + message + ", " + detail;
    }
}
