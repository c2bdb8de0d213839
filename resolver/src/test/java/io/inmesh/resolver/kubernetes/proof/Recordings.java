package io.inmesh.resolver.kubernetes.proof;

import io.inmesh.resolver.kubernetes.GivenPlace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The recorded scenarios: those of the class path, or those that system property {@value #PROPERTY} names instead, a folder with a
 * folder for each scenario, its files plain or each with {@code .gz} behind its name, or a {@code .zip} of them. Names are free: a
 * recording goes by that of its folder.
 */
final class Recordings {
    static final String PROPERTY = "recordings.dir";
    private static final String META = "meta.json";
    private static final int DEPTH = 4;

    private Recordings() {}

    /** Every scenario, by name. */
    static List<Recording> all() throws IOException {
        List<Recording> recordings = new ArrayList<>();
        for (Map.Entry<String, Map<String, String>> each : folders(any -> true).entrySet()) {
            recordings.add(Recording.read(each.getKey(), each.getValue()));
        }
        return recordings;
    }

    /** One scenario. */
    static Recording named(String scenario) throws IOException {
        return Recording.read(scenario, files(scenario));
    }

    /** The files of one scenario, by name. */
    static Map<String, String> files(String scenario) throws IOException {
        Map<String, String> files = folders(scenario::equals).get(scenario);
        if (files == null) {
            throw new FileNotFoundException("recording '" + scenario + "' in " + place());
        }
        return files;
    }

    /** True if there is a scenario of that name. */
    static boolean has(String scenario) throws IOException {
        return folders(scenario::equals).containsKey(scenario);
    }

    private static Map<String, Map<String, String>> folders(Predicate<String> wanted) throws IOException {
        Path place = place();
        if (Files.isDirectory(place)) {
            return foldersIn(place, wanted);
        }
        try (FileSystem zip = FileSystems.newFileSystem(place)) {
            return foldersIn(zip.getPath("/"), wanted);
        }
    }

    /** A scenario is a folder with its {@value #META}, wherever below the root. */
    private static Map<String, Map<String, String>> foldersIn(Path root, Predicate<String> wanted) throws IOException {
        Map<String, Map<String, String>> folders = new TreeMap<>();
        for (Path folder : scenariosIn(root)) {
            String name = fileName(folder);
            if (wanted.test(name)) {
                Map<String, String> files = new TreeMap<>();
                for (Path file : children(folder)) {
                    if (Files.isRegularFile(file)) {
                        files.put(plain(fileName(file)), text(file));
                    }
                }
                if (folders.put(name, files) != null) {
                    throw new IOException("two recordings named '" + name + "' in " + root + " (expected: one)");
                }
            }
        }
        if (folders.isEmpty() && wanted.test("")) {
            throw new FileNotFoundException(
                    "recordings in " + root + " (expected: a folder with " + META + " for each scenario)");
        }
        return folders;
    }

    private static List<Path> scenariosIn(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root, DEPTH)) {
            return files.filter(file ->
                            file.getNameCount() > 0 && plain(fileName(file)).equals(META))
                    .map(file -> Objects.requireNonNull(file.getParent()))
                    .sorted()
                    .toList();
        }
    }

    private static String plain(String name) {
        return name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        }
    }

    private static String fileName(Path path) {
        int names = path.getNameCount();
        return names == 0 ? "recording" : path.getName(names - 1).toString().replace("/", "");
    }

    private static String text(Path file) throws IOException {
        if (!fileName(file).endsWith(".gz")) {
            return Files.readString(file);
        }
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Path place() throws IOException {
        Path given = GivenPlace.of(PROPERTY);
        if (given != null) {
            return given;
        }
        URL zip = Recordings.class.getResource("/recordings/recordings.zip");
        if (zip == null) {
            throw new FileNotFoundException("/recordings/recordings.zip on the class path");
        }
        try {
            URI uri = zip.toURI();
            return Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IOException("cannot be read: " + zip, e);
        }
    }
}
