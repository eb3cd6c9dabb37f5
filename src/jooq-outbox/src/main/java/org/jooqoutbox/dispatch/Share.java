package org.jooqoutbox.dispatch;

/**
 * What one dispatcher may use of something that several of a worker use together, such as places for handlers. Who got nothing stands in line
 * and is told when it should ask again; who does not want it any more has to leave the line, or holds up those behind it.
 */
interface Share {

    /** Takes as many as there are for it now, at most these. None: it stands in line. */
    int take(int wanted);

    /** Takes everything there is, once nobody else has any of it. Until then none, and it stands in line. */
    int takeAll();

    void giveBack(int count);

    /** Does not want any, as things are. */
    void leave();

    /** Of something that nobody else uses, and of which there is enough. */
    static Share unlimited() {
        return new Share() {
            @Override
            public int take(int wanted) {
                return wanted;
            }

            @Override
            public int takeAll() {
                return 1;
            }

            @Override
            public void giveBack(int count) {}

            @Override
            public void leave() {}
        };
    }
}
