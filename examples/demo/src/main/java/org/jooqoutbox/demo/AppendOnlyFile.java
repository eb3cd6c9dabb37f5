package org.jooqoutbox.demo;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of lines. A line is with the operating system when {@link #append} returns, so it is there after the process was killed. Safe for
 * use by many threads.
 *
 * <p>Not a {@code FileChannel}: that would be closed when a thread that writes is interrupted, as handlers are.
 */
final class AppendOnlyFile implements AutoCloseable {

    private final Path path;
    private final FileOutputStream file;

    AppendOnlyFile(Path path) {
        this.path = path;
        try {
            this.file = new FileOutputStream(path.toFile(), true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + path, e);
        }
    }

    synchronized void append(String line) {
        try {
            file.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + path, e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + path, e);
        }
    }

    /** The complete lines of a file. What a killed process was about to write is no line. */
    static List<String> lines(Path path) {
        try {
            String text = Files.readString(path);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
