package org.jooqoutbox.it.crash;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classpath of this JVM in a form that forked ones start fast with: a class-data archive, made by a first JVM that does what all others
 * do. It takes jars, so directories of classes become jars. Loading jOOQ costs a second of processor time without it, and half with it.
 */
final class ForkedClasses {

    private static final Path DIRECTORY = Path.of("target", "forked-jvms");
    private static final String CLASSPATH = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(Files::exists)
            .map(ForkedClasses::jar)
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    private static final Path ARCHIVE = archive();

    private ForkedClasses() {}

    /** The options for a JVM that has this classpath. */
    static List<String> options() {
        return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + ARCHIVE, "-cp", CLASSPATH);
    }

    private static Path archive() {
        Path archive = DIRECTORY.resolve(ProcessHandle.current().pid() + ".jsa").toAbsolutePath();
        Lab lab = Lab.create("training");
        lab.enqueue(Behaviour.DELIVER, 1);
        List<String> options = List.of("-XX:ArchiveClassesAtExit=" + archive, "-cp", CLASSPATH);
        try (ForkedJvm jvm = ForkedJvm.start("training", WorkerMain.class, training(lab), options)) {
            jvm.tell("start");
            jvm.await("DELIVERED");
            jvm.terminate();
            jvm.awaitExit();
            archive.toFile().deleteOnExit();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while classes were archived", e);
        }
        return archive;
    }

    private static Map<String, String> training(Lab lab) {
        return Workers.properties("training", lab, WorkerOptions.withLease(Duration.ofSeconds(5)));
    }

    private static Path jar(Path entry) {
        if (!Files.isDirectory(entry)) {
            return entry;
        }
        try (Stream<Path> files = Files.walk(entry)) {
            Files.createDirectories(DIRECTORY);
            Path jar = Files.createTempFile(DIRECTORY.toAbsolutePath(), "classes", ".jar");
            jar.toFile().deleteOnExit();
            write(jar, entry, files.filter(Files::isRegularFile).toList());
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException("a jar of " + entry + " could not be made", e);
        }
    }

    private static void write(Path jar, Path root, List<Path> files) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path file : files) {
                entries.putNextEntry(
                        new JarEntry(root.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }
}
