package org.jooqoutbox.dispatch;

/**
 * How many go together.
 *
 * @param usual as long as that is enough
 * @param most where it is not
 */
record BatchSize(int usual, int most) {

    /** Always the same. */
    static BatchSize of(int size) {
        return new BatchSize(size, size);
    }

    /** The same, but never more than this. */
    BatchSize within(int limit) {
        return new BatchSize(Math.min(usual, limit), Math.min(most, limit));
    }

    @Override
    public String toString() {
        return usual == most ? Integer.toString(usual) : usual + " to " + most;
    }
}
