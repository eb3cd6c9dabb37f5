package org.jooqoutbox.bench;

import java.util.List;

/** Something that is done with messages, in several ways. For one thread. */
interface OverheadOperation {

    /** Who does it. */
    enum Way {
        LIBRARY("jooq-outbox"),
        SAME_SQL("the same statement and values, plain JDBC"),
        VALIDATING("plain JDBC that validates too");

        final String words;

        Way(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** One call and what is around it. Only {@link #run} is measured. */
    interface Task {

        /** Prepares the next call. */
        void before() throws Exception;

        void run() throws Exception;

        /**
         * Looks at what the call did, and tidies up.
         *
         * @throws BenchException if that is not what it was to do
         */
        void after() throws Exception;
    }

    String title();

    /** In which ways it can be done; the library's first. */
    List<Way> ways();

    /** How many times as many calls are made as of something that takes a while on the server. */
    default int haste() {
        return 1;
    }

    /** Prepares the table for so many messages. */
    void fill(int messages);

    /** A call for so many messages at once, to be made any number of times. */
    Task task(Way way, int messages);
}
