package org.jooqoutbox.bench.systems;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** What the build says about the libraries of others; not all of their jars say it themselves. */
final class PeerVersions {

    private static final Properties VERSIONS = load();

    private PeerVersions() {}

    static String of(String peer) {
        return Objects.requireNonNull(VERSIONS.getProperty(peer), peer);
    }

    private static Properties load() {
        try (InputStream in = PeerVersions.class.getResourceAsStream("peers.properties")) {
            Properties properties = new Properties();
            properties.load(Objects.requireNonNull(in, "peers.properties"));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
