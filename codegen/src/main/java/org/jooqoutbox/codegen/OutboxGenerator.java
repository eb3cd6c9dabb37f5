package org.jooqoutbox.codegen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jooq.codegen.JavaGenerator;
import org.jooq.codegen.JavaWriter;
import org.jooq.meta.Database;
import org.jooq.meta.TableDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * jOOQ's generator, which does nothing as long as {@link BuildDigest} says that the classes would come out the same.
 *
 * <p>jOOQ has version providers for that. They are not used because the version is written into the first generated class: after a failure,
 * or a build that was interrupted, the next one would take what is there for complete, and succeed.
 */
public final class OutboxGenerator extends JavaGenerator {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxGenerator.class);
    private static final String STAMP = "generated-from.sha256";

    @Override
    public void generate(Database database) {
        String digest = BuildDigest.of(Path.of(database.getBasedir(), "pom.xml"));
        Path stamp = Path.of(getTargetDirectory(), STAMP);
        try {
            if (Files.exists(stamp) && Files.readString(stamp).equals(digest)) {
                LOG.info("Nothing changed since the table classes were generated");
                return;
            }
            Files.deleteIfExists(stamp);
            // Before jOOQ does it, which would report a broken migration as a possible bug of its own.
            ((OutboxDatabase) database).connect();
            super.generate(database);
            Files.writeString(stamp, digest);
        } catch (IOException e) {
            throw new UncheckedIOException("the generator's stamp " + stamp + " cannot be read or written", e);
        }
    }

    /** jOOQ only logs it when the columns cannot be read, whatever {@code onError} says, and goes on with a table that has none. */
    @Override
    protected void generateTable(TableDefinition table, JavaWriter out) {
        if (table.getColumns().isEmpty()) {
            throw new IllegalStateException(
                    "no column of " + table.getQualifiedName() + " could be read: see the log above");
        }
        super.generateTable(table, out);
    }
}
