package org.jooqoutbox.codegen;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A digest over named contents. The order in which they are added matters. */
final class Digest {

    private final MessageDigest sha256 = sha256();

    void add(String name, String content) {
        add(name, content.getBytes(StandardCharsets.UTF_8));
    }

    void addFile(String name, Path file) throws IOException {
        add(name, Files.readAllBytes(file));
    }

    /** Lengths keep neighbours apart: without them, moving a character from one content to the next would go unnoticed. */
    private void add(String name, byte[] content) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(8)
                .putInt(nameBytes.length)
                .putInt(content.length)
                .flip());
        sha256.update(nameBytes);
        sha256.update(content);
    }

    String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
