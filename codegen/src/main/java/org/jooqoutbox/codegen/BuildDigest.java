package org.jooqoutbox.codegen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Constants;
import org.jooqoutbox.schema.OutboxSchema;

/**
 * The version of everything that the generated classes depend on: the migrations and the code that installs them, this module, jOOQ, and the
 * generator's configuration.
 */
final class BuildDigest {

    private BuildDigest() {}

    /** The digest for generated classes whose generator is configured in this file. */
    static String of(Path configuration) {
        Digest digest = new Digest();
        digest.add("jOOQ", Constants.FULL_VERSION);
        try {
            digest.addFile("configuration", configuration);
            addModule(digest, OutboxSchema.class);
            addModule(digest, BuildDigest.class);
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("what the generated classes depend on cannot be read", e);
        }
        return digest.hex();
    }

    /** The module that a class comes from is a jar in Maven, and may be a directory in an IDE. */
    private static void addModule(Digest digest, Class<?> member) throws IOException, URISyntaxException {
        Path location = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(location)) {
            addTree(digest, location);
            return;
        }
        try (FileSystem jar = FileSystems.newFileSystem(location)) {
            addTree(digest, jar.getPath("/"));
        }
    }

    private static void addTree(Digest digest, Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path file : files) {
            String name = root.relativize(file).toString();
            // Says who built it, not what it is.
            if (!name.startsWith("META-INF")) {
                digest.addFile(name, file);
            }
        }
    }
}
