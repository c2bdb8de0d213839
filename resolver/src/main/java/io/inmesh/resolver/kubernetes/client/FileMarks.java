package io.inmesh.resolver.kubernetes.client;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is in some files, as a mark by which to see that it is something else now. Files are read by path, since the kubelet swaps
 * symbolic links (rule R-2), and whole, since a link's time says little; a mark keeps no secret that is in them.
 */
record FileMarks(Map<Path, String> marks) {
    private static final String UNREADABLE = "unreadable";

    static FileMarks of(List<Path> files) {
        Map<Path, String> marks = new HashMap<>();
        files.forEach(file -> marks.put(file, mark(file)));
        return new FileMarks(marks);
    }

    /** The same, but for files that were marked before: those as they were then. */
    FileMarks but(FileMarks before) {
        Map<Path, String> merged = new HashMap<>(marks);
        merged.putAll(before.marks);
        return new FileMarks(merged);
    }

    private static String mark(Path file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return new BigInteger(1, digest).toString(Character.MAX_RADIX);
        } catch (IOException e) {
            return UNREADABLE; // Whoever builds from it says why.
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which every Java has", e);
        }
    }
}
