package io.inmesh.resolver.kubernetes.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** I-1: what a label selector selects of a pod with {@code app=shop}, {@code size=7} and an empty {@code canary}. */
class LabelSelectorTest {
    private static final Map<String, String> LABELS =
            Map.of("app", "shop", "size", "7", "canary", "", "example.com/team", "a.b");

    private static boolean selects(String selector) {
        return LabelSelector.parse(selector).orElseThrow().matches(LABELS::get);
    }

    @ParameterizedTest
    @DisplayName("I-1: equality, sets, existence and comparison; != and notin also select what has no such label")
    @CsvSource(delimiter = '|', textBlock = """
                    app=shop                          | true
                    app==shop                         | true
                    app = shop                        | true
                    app=other                         | false
                    none=shop                         | false
                    app!=shop                         | false
                    app!=other                        | true
                    none!=shop                        | true
                    app in (shop,other)               | true
                    app in ( other , shop )           | true
                    app in (other)                    | false
                    none in (shop)                    | false
                    app notin (other)                 | true
                    app notin (shop)                  | false
                    none notin (shop)                 | true
                    app                               | true
                    none                              | false
                    !app                              | false
                    !none                             | true
                    canary                            | true
                    canary=                           | true
                    canary in (,x)                    | true
                    app=                              | false
                    size>6                            | true
                    size > 7                          | false
                    size<8                            | true
                    size<0                            | false
                    size>006                          | true
                    size>9223372036854775807          | false
                    app>6                             | false
                    none<8                            | false
                    app=shop,size=7                   | true
                    app=shop, size notin (1,2) , !x   | true
                    app=shop,size=8                   | false
                    example.com/team in (a.b)         | true
                    app in(shop)                      | true
                    app notin(shop)                   | false
                    app in (,)                        | false
                    canary in (x,)                    | true
                    canary=,app                       | true
                    in in (x)                         | false
                    !in,!notin                        | true
                    ! none                            | true
                    in=x                              | false
                    app=in                            | false
                    app in (in,shop)                  | true
                    """)
    void a_selector_selects_as_the_api_would_I1(String selector, boolean expected) {
        assertThat(selects(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @DisplayName("I-1, I-2: what the API server would refuse, and an empty one, is no selector")
    @ValueSource(
            strings = {
                "",
                " ",
                "a,",
                ",a",
                "a,,b",
                "a=b=c",
                "a in x",
                "a in (x",
                "a in ((x))",
                "a isin (x)",
                "a>x",
                "a=-x",
                "/a",
                "a/b/c",
                "-a",
                "a = b c",
                "a in (b c)",
                "a=b)",
                "size<-1",
                "a>9223372036854775808",
                "a in ()",
                "a in (x))",
                "a in (x) b",
                "!a=b",
                "!!a",
                "a b",
                "a===b",
                "a!b",
                "a<>b",
                "a=<1",
                "a/",
                "A.b/c",
                "a..b/c",
                "a=b-",
                "a=b/c",
                "a=\u00e9",
                "a=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
            })
    void what_the_api_would_refuse_is_no_selector_I1(String text) {
        assertThat(LabelSelector.parse(text)).isEmpty();
    }
}
