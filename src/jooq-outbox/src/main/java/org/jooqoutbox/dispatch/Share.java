package org.jooqoutbox.dispatch;

/**
 * What one dispatcher may use of something that several of a worker use together, such as places for handlers. Who got nothing stands in line
 * and is told when it should ask again: something is kept for it then. Who does not want it any more has to leave, or keeps it from others.
 */
interface Share {

    /**
     * Takes as many as there are for it now, at most those wanted. None: it stands in line, unless it has all that it may have.
     *
     * @param atLeast fewer are not worth it
     */
    int take(int atLeast, int wanted);

    /** Takes everything there is, once nobody else has any of it. Until then none, and it stands in line. */
    int takeAll();

    /** Takes so many whether or not there are any, for the sake of somebody who must not wait. */
    void takeAnyway(int count);

    void giveBack(int count);

    /** Does not want any, as things are: it stands in line no more, and nothing is kept for it. */
    void leave();

    /** Of something that nobody else uses, and of which there is enough. */
    static Share unlimited() {
        return new Share() {
            @Override
            public int take(int atLeast, int wanted) {
                return wanted;
            }

            @Override
            public int takeAll() {
                return 1;
            }

            @Override
            public void takeAnyway(int count) {}

            @Override
            public void giveBack(int count) {}

            @Override
            public void leave() {}
        };
    }
}
