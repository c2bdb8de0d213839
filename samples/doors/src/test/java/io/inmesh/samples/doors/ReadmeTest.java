package io.inmesh.samples.doors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void every_java_snippet_of_the_readme_stands_in_a_program_of_this_module() throws IOException {
        List<String> snippets = JAVA_BLOCK
                .matcher(Files.readString(Path.of("../../README.md")))
                .results()
                .map(block -> withoutSpace(block.group(1)))
                .toList();
        String programs;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            programs = files.filter(Files::isRegularFile).map(ReadmeTest::read).reduce("", String::concat);
        }

        assertThat(snippets).hasSizeGreaterThanOrEqualTo(3).allSatisfy(snippet -> assertThat(withoutSpace(programs))
                .contains(snippet));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s", "");
    }
}
