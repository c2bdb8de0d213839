package io.inmesh.resolver.kubernetes.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Files by name in one directory, each replaced whole: a temporary file beside it is written, forced to the disk and moved over it. A
 * process that dies on the way leaves the old one, and a temporary file that a later one removes.
 *
 * <p>Threads: any that may block; one at a time for each name.
 */
final class SnapshotDirectory {
    /** No set is as large: some 50,000 endpoints fit. */
    static final int MAX_BYTES = 16 << 20;

    /** After which time a temporary file is nobody's. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private static final String TEMPORARY = ".tmp";

    private final Path directory;
    private final Move move;

    /** How a whole file takes its place. */
    @FunctionalInterface
    interface Move {
        Move ATOMIC = (from, to) -> Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);

        void move(Path from, Path to) throws IOException;
    }

    SnapshotDirectory(Path directory, Move move) {
        this.directory = directory;
        this.move = move;
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    /** What a file says, or null if there is none. */
    byte @Nullable [] read(String name) throws IOException {
        Path file = path(name);
        if (!Files.exists(file)) {
            return null;
        }
        if (!Files.isRegularFile(file)) { // Opening a pipe would never end.
            throw new DamagedSnapshotException("it is no file (expected: a file of " + MAX_BYTES + " bytes at most)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new DamagedSnapshotException("it is too large (expected: " + MAX_BYTES + " bytes at most)");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            return null; // Deleted this moment, by whoever shares the directory.
        }
    }

    /** Replaces a file, or makes it, and the directory if need be. */
    void write(String name, byte[] bytes) throws IOException {
        if (bytes.length > MAX_BYTES) {
            throw new IOException(bytes.length + " bytes (expected: " + MAX_BYTES + " at most)");
        }
        Files.createDirectories(directory);
        Path temporary =
                Files.createTempFile(directory, name, TEMPORARY); // For this user alone, where systems know users.
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            move.move(temporary, path(name));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Removes a file, if it is there. */
    void delete(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    /** Removes what nobody will read again: abandoned temporary files, and snapshots not written for that long. */
    void sweep(Instant now, Duration unused) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, SnapshotTarget.PREFIX + "*")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean snapshot = name.endsWith(SnapshotTarget.SUFFIX);
                boolean ours = snapshot || name.endsWith(TEMPORARY);
                Duration kept = snapshot ? unused : ABANDONED;
                if (ours && Files.isRegularFile(file) && isOlder(file, now.minus(kept))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean isOlder(Path file, Instant than) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(than);
        } catch (NoSuchFileException e) {
            return false; // Removed or moved this moment by whoever shares the directory.
        }
    }
}
