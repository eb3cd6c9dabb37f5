package org.jooqoutbox.codegen;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's binaries for Linux, as an archive on the class path. */
final class PostgresBinaries {

    private PostgresBinaries() {}

    /** Unpacks them so that every user may run them. */
    static void unpack(Path directory) throws IOException, UnavailableException {
        try (InputStream archive = open();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                unpack(entry, tar, directory);
                entry = tar.getNextEntry();
            }
        }
    }

    private static InputStream open() throws IOException, UnavailableException {
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                "Linux", architecture.equals("amd64") ? "x86_64" : architecture);
        if (archive == null) {
            throw new UnavailableException(
                    "no PostgreSQL binaries for Linux on " + architecture + " on the class path");
        }
        return archive;
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path directory) throws IOException {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException(
                    "the archive of PostgreSQL's binaries leads out of its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
