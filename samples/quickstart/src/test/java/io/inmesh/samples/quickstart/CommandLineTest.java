package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @Test
    void nothing_said_means_the_defaults() {
        assertThat(CommandLine.parse(List.of())).isEqualTo(Options.DEFAULT);
    }

    @Test
    void values_follow_their_option_or_an_equals_sign(@TempDir Path folder) throws IOException {
        Path kubeconfig = Files.createFile(folder.resolve("config"));

        Options options = CommandLine.parse(List.of(
                "--policy",
                "rr",
                "--seconds=9",
                "--rate",
                "7",
                "--service=k8s:///orders.shop:grpc?policy=random",
                "--kubeconfig",
                kubeconfig.toString()));

        assertThat(options)
                .isEqualTo(new Options(
                        "rr", Duration.ofSeconds(9), 7, kubeconfig, "k8s:///orders.shop:grpc?policy=random"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --polcy rr          | option '--polcy' is unknown, did you mean '--policy'?
                    orders.shop         | option 'orders.shop' is unknown (valid: --help, --kubeconfig,
                    --policy            | option --policy has no value (expected: --policy VALUE
                    --policy --rate 3   | option --policy has no value
                    --rate 3 --rate 4   | option --rate is given twice
                    --rate 0            | --rate: '0' (expected: a whole number, 1..20000)
                    --rate 20001        | --rate: '20001' (expected: a whole number, 1..20000)
                    --rate -1           | --rate: '-1' (expected: a whole number, 1..20000)
                    --rate 9999999999   | --rate: '9999999999' (expected: a whole number, 1..20000)
                    --seconds 4         | --seconds: '4' (expected: a whole number, 5..3600)
                    --seconds 5.5       | --seconds: '5.5' (expected: a whole number, 5..3600)
                    --kubeconfig no/one | --kubeconfig: 'no/one' is not there or cannot be read (expected: a kubeconfig
                    """)
    void what_is_wrong_is_said_with_what_was_expected(String arguments, String text) {
        assertThatThrownBy(() -> CommandLine.parse(List.of(arguments.split(" "))))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(text);
    }

    @Test
    void a_kubeconfig_alone_says_nothing_of_what_to_look_at(@TempDir Path folder) throws IOException {
        Path kubeconfig = Files.createFile(folder.resolve("config"));

        assertThatThrownBy(() -> CommandLine.parse(List.of("--kubeconfig", kubeconfig.toString())))
                .isInstanceOf(Refusal.class)
                .hasMessage("--kubeconfig is given and --service is not (expected: both; add --service TARGET, as in"
                        + " --service orders.shop:http)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--policy", "--seconds", "--rate", "--service", "--kubeconfig", "--help"})
    void help_explains_every_option(String option) {
        assertThat(CommandLine.HELP).containsPattern("(?m)^  " + option + " ");
    }

    @Test
    void the_defaults_in_the_help_are_the_defaults() {
        assertThat(CommandLine.HELP)
                .contains("(default: " + Options.DEFAULT.length().toSeconds() + ")")
                .contains("(default: " + Options.DEFAULT.perSecond() + ")");
    }
}
