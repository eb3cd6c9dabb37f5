package org.jooqoutbox.demo;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a replica delivered and what it knows of it: the sink, outside the database. Each entry is in the file before anything else happens,
 * and is then told to the parent process, which shows progress. Safe for use by many threads.
 */
final class Journal implements AutoCloseable {

    private final AppendOnlyFile file;
    private final PrintStream parent;

    Journal(Path path, PrintStream parent) {
        this.file = new AppendOnlyFile(path);
        this.parent = parent;
    }

    void write(Entry entry) {
        String line = entry.line();
        file.append(line);
        parent.println(line);
    }

    /** A note to the parent process alone. */
    void tell(String note) {
        parent.println(note);
    }

    @Override
    public void close() {
        file.close();
    }

    /** Reads the journal that a replica has left. */
    static List<Entry> read(Path path) {
        return AppendOnlyFile.lines(path).stream()
                .map(Entry::parse)
                .flatMap(Optional::stream)
                .toList();
    }
}
