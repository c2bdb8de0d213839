package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Screen screen(boolean terminal) {
        return new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void without_a_terminal_only_what_is_final_is_printed() {
        Screen screen = screen(false);

        screen.draw(List.of("half"));
        screen.settle(List.of("whole", "table"));
        screen.say("end");

        assertThat(printed()).isEqualTo("whole\ntable\nend\n");
    }

    @Test
    void on_a_terminal_a_block_takes_the_place_of_the_one_drawn_before() {
        Screen screen = screen(true);

        screen.draw(List.of("a", "b"));
        screen.settle(List.of("c"));
        screen.say("d");

        assertThat(printed()).isEqualTo("\u001b[?7la\nb\n\u001b[?7h\u001b[2A\u001b[Jc\nd\n");
    }
}
