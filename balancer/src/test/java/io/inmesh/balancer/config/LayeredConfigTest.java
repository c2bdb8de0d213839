package io.inmesh.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayeredConfigTest {

    private static Settings policy(String name) {
        return new Settings(Map.of("policy", name));
    }

    @Test
    void without_a_word_the_built_in_default_holds() {
        LayeredConfig config = LayeredConfig.of(Map.of());
        assertThat(config.config().policy()).isEqualTo("power-of-two");
        assertThat(config.policySource()).isEqualTo(SettingLevel.BUILT_IN);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0b0001, 0b0010, 0b0011, 0b0100, 0b0101, 0b0110, 0b0111, 0b1000, 0b1001, 0b1010, 0b1011, 0b1100, 0b1101,
                0b1110, 0b1111
            })
    void of_those_that_speak_the_strongest_wins(int speaking) {
        SettingLevel[] strongestFirst = {
            SettingLevel.CODE, SettingLevel.APPLICATION, SettingLevel.ANNOTATION, SettingLevel.APPLICATION_DEFAULT
        };
        Map<SettingLevel, Settings> levels = new EnumMap<>(SettingLevel.class);
        SettingLevel expected = SettingLevel.BUILT_IN;
        for (int i = strongestFirst.length - 1; i >= 0; i--) {
            boolean speaks = (speaking & (1 << i)) != 0;
            levels.put(strongestFirst[i], speaks ? policy("from " + strongestFirst[i]) : Settings.NONE);
            expected = speaks ? strongestFirst[i] : expected;
        }
        LayeredConfig config = LayeredConfig.of(levels);
        assertThat(config.policySource()).isEqualTo(expected);
        assertThat(config.config().policy()).isEqualTo(Names.normalize("from " + expected));
    }

    @Test
    void each_level_has_a_name_for_people() {
        assertThat(SettingLevel.values())
                .extracting(SettingLevel::label)
                .containsExactly("code", "application", "annotation", "application default", "built-in default");
    }

    @Test
    void keys_have_one_spelling() {
        assertThat(new Settings(Map.of("Policy", "rr"))).isEqualTo(policy("rr"));
        assertThat(BalancerConfig.of(Map.of("policy", "Round_Robin")).policy()).isEqualTo("round-robin");
    }

    @Test
    void an_unknown_key_is_refused_with_the_nearest_and_all() {
        assertThatThrownBy(() -> new Settings(Map.of("polcy", "rr")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("setting 'polcy' is unknown, did you mean 'policy'? (valid: affinity.mode, ")
                .hasMessageContaining(", policy, power-of-two.choices, ");
    }

    @Test
    void a_key_in_two_spellings_is_refused() {
        assertThatThrownBy(() -> new Settings(Map.of("policy", "rr", "POLICY", "random")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("setting 'policy' is given twice (expected: once, in one spelling)");
    }

    @Test
    void an_empty_policy_is_refused() {
        assertThatThrownBy(() -> BalancerConfig.of(Map.of("policy", " ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("policy")
                .hasMessageContaining("expected");
    }

    @Test
    void the_stronger_part_of_a_level_outranks_the_weaker() {
        assertThat(policy("rr").orElse(policy("random"))).isEqualTo(policy("rr"));
        assertThat(Settings.NONE.orElse(policy("random"))).isEqualTo(policy("random"));
    }
}
