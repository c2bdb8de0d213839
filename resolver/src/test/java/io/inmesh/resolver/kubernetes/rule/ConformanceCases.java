package io.inmesh.resolver.kubernetes.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.resolver.kubernetes.GivenPlace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;

/** Reads files of conformance cases, from the folder that system property {@code conformance.dir} names if it is set. */
final class ConformanceCases {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ConformanceCases() {}

    /** One test for each case of a file, under the case's id and title. */
    static Stream<DynamicTest> of(String file, Consumer<JsonNode> test) throws IOException {
        return tests(cases(file), test);
    }

    /** The same for cases of our own, wherever the given ones are. */
    static Stream<DynamicTest> moreOf(String file, Consumer<JsonNode> test) throws IOException {
        try (InputStream in = resource("/conformance-more/" + file)) {
            return tests(list(JSON.readTree(in).path("cases")), test);
        }
    }

    private static Stream<DynamicTest> tests(List<JsonNode> cases, Consumer<JsonNode> test) {
        return cases.stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.path("id").asText() + ": " + each.path("title").asText(), () -> test.accept(each)));
    }

    static List<JsonNode> cases(String file) throws IOException {
        try (InputStream in = open(file)) {
            List<JsonNode> cases = list(JSON.readTree(in).path("cases"));
            if (cases.isEmpty()) {
                throw new IOException(file + " holds no cases");
            }
            return cases;
        }
    }

    private static InputStream open(String file) throws IOException {
        Path folder = GivenPlace.of("conformance.dir");
        if (folder != null) {
            return Files.newInputStream(folder.resolve(file));
        }
        return resource("/conformance/" + file);
    }

    private static InputStream resource(String path) throws FileNotFoundException {
        InputStream resource = ConformanceCases.class.getResourceAsStream(path);
        if (resource == null) {
            throw new FileNotFoundException(path + " on the class path");
        }
        return resource;
    }

    static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
