package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Whatever text comes in is a target that prints as itself, or is refused by name; whatever is a target comes back as it was. */
class TargetPropertyTest {

    private static final String[] PIECES = {
        "k8s",
        "K8S",
        "://",
        ":///",
        "/",
        "?",
        "&",
        "=",
        "%",
        "%2",
        "%2F",
        "%00",
        "%D8%00",
        "%ED%A0%80",
        "%C2%85",
        "#",
        "+",
        ":",
        "::",
        ".",
        "..",
        "-",
        "_",
        "_tcp",
        "_http._tcp.",
        "svc",
        ".svc",
        "cluster.local",
        "orders",
        "shop",
        "80",
        "0",
        "65536",
        "99999999999",
        "[::1]",
        "10.0.0.7",
        "localhost",
        " ",
        "\t",
        "\n",
        "\0",
        "\uD800",
        "\uDC00",
        "🙂",
        "\u212A",
        "\u0130",
        "\u017F",
        "\u00A0",
        "\u3000",
        "ä",
        "\uFFFE",
        "\uFEFF",
        "pods=",
        "PODS=",
        "namespace=",
        "port=",
        "protocol=",
        "protocol=udp",
        "policy=rr",
        "a=b",
        ",",
        "static",
        "(",
        "!",
        "~",
        "*",
        "@",
        "\\",
        "\"",
        "'",
        "$",
        "{}",
        ";"
    };

    @Property(tries = 3000)
    void any_text_is_a_target_that_prints_as_itself_or_is_refused_by_name(@ForAll("anyText") String text) {
        checkBothAnswers(text);
    }

    @Property(tries = 5000)
    void so_is_any_row_of_suspicious_pieces(@ForAll("rowsOfPieces") String text) {
        checkBothAnswers(text);
    }

    @Property(tries = 10_000)
    void so_is_any_target_after_a_few_changes(@ForAll("mutants") String text) {
        boolean accepted = checkBothAnswers(text);

        Statistics.label("answer").collect(accepted ? "target" : "refused").coverage(answers -> {
            answers.check("target").percentage(percent -> percent > 10);
            answers.check("refused").percentage(percent -> percent > 10);
        });
    }

    /** True if it is a target. */
    private static boolean checkBothAnswers(String text) {
        Target target;
        try {
            target = Target.parse(text);
        } catch (InvalidTargetException e) {
            assertThat(Refusal.of(text)).isNotBlank();
            return false;
        }
        checkTarget(target);
        return true;
    }

    private static void checkTarget(Target target) {
        Target bare = target.withoutParameters();

        assertThat(Target.parse(target.toString()))
                .isEqualTo(target)
                .hasSameHashCodeAs(target)
                .hasToString(target.toString());
        assertThat(Target.parse(bare.toString())).isEqualTo(bare);
        assertThat(bare.parameters()).isEmpty();
        assertThat(bare.authority()).isEqualTo(target.authority());
        assertThat(Target.schemeOf(target.toString())).isEqualTo(target.scheme());
        if (!(target instanceof PathTarget)) {
            assertThat(target.authority()).matches("[a-z0-9.-]+(:[1-9][0-9]{0,4})?");
            assertThat(target.toString()).as("printed").matches("[\\x21-\\x7e]+");
        }
    }

    @Property
    void every_form_of_a_service_says_what_it_was_made_from(@ForAll("services") Typed typed) {
        Target target = Target.parse(typed.text(), "corp.example");

        assertThat(target).isInstanceOfSatisfying(ServiceTarget.class, found -> {
            assertThat(found.name().service()).isEqualTo(typed.service());
            assertThat(found.name().namespace()).isEqualTo(typed.namespace());
            assertThat(found.name().host()).isEqualTo(typed.host());
            assertThat(found.port()).isEqualTo(typed.port());
            assertThat(found.protocol()).isEqualTo(typed.protocol());
            assertThat(found.parameters()).isEqualTo(typed.parameters());
        });
        assertThat(Target.parse(target.toString(), "corp.example")).isEqualTo(target);
        assertThat(Target.parse(target.withoutParameters().toString(), "corp.example"))
                .isEqualTo(target.withoutParameters());
        Statistics.label("form").collect(typed.form().name()).coverage(forms -> {
            for (Form form : Form.values()) {
                forms.check(form.name()).count(count -> count > 0);
            }
        });
    }

    @Property
    void letter_case_of_scheme_name_port_and_keys_changes_nothing(@ForAll("services") Typed typed, @ForAll long seed) {
        assertThat(Target.parse(inRandomCase(typed.text(), new Random(seed)), "Corp.Example"))
                .isEqualTo(Target.parse(typed.text(), "corp.example"));
    }

    @Property
    void pods_print_and_read_back_whatever_their_selector(
            @ForAll("encodable") String text,
            @ForAll("maybeLabel") String namespace,
            @ForAll("maybePort") String port,
            @ForAll Protocol protocol,
            @ForAll("settings") Map<String, String> settings) {
        Target pods = new PodsTarget(
                "a" + text, namespace.isEmpty() ? null : namespace, port.isEmpty() ? null : port, protocol, settings);

        checkTarget(pods);
        assertThat(Target.parse(pods.toString())).isEqualTo(pods);
    }

    @Property
    void paths_print_and_read_back_whatever_they_hold(
            @ForAll("encodable") String text, @ForAll("settings") Map<String, String> settings) {
        Target path = new PathTarget("static", "/" + text.replace("?", ""), settings);

        checkTarget(path);
        assertThat(Target.parse(path.toString())).isEqualTo(path);
    }

    // What is generated.

    enum Form {
        SERVICE,
        BESIDE,
        TWO_LABELS,
        MARKED,
        DOMAIN,
        FINAL_DOT,
        HOST,
        HOST_DOMAIN,
        SRV
    }

    /** A text, and what it was made from. */
    record Typed(
            Form form,
            String text,
            String service,
            @Nullable String namespace,
            @Nullable String host,
            @Nullable String port,
            Protocol protocol,
            Map<String, String> parameters) {}

    @Provide
    Arbitrary<String> anyText() {
        return Arbitraries.strings().all().ofMaxLength(60);
    }

    @Provide
    Arbitrary<String> rowsOfPieces() {
        return Arbitraries.of(PIECES).list().ofMaxSize(12).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<String> mutants() {
        Arbitrary<String> valid = Arbitraries.oneOf(
                services().map(Typed::text),
                Arbitraries.of(
                        "k8s:///?pods=app%3Dorders&namespace=shop&port=grpc&policy=rr",
                        "static:///10.0.0.7:8080,10.0.0.8:8080?policy=random",
                        "orders.shop:http",
                        "k8s://shop/orders:80?protocol=udp&a=%F0%9F%99%82"));
        Arbitrary<List<Integer>> places =
                Arbitraries.integers().between(0, 9999).list().ofMinSize(1).ofMaxSize(4);
        return Combinators.combine(valid, places, Arbitraries.of(PIECES).list().ofSize(4))
                .as(TargetPropertyTest::changed);
    }

    /** At each place deletes a character, or puts a piece there, or both. */
    private static String changed(String text, List<Integer> places, List<String> pieces) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = 0; i < places.size(); i++) {
            int at = places.get(i) % (changed.length() + 1);
            int kind = places.get(i) % 3;
            if (kind != 0 && at < changed.length()) {
                changed.deleteCharAt(at);
            }
            if (kind != 1) {
                changed.insert(at, pieces.get(i));
            }
        }
        return changed.toString();
    }

    @Provide
    Arbitrary<Typed> services() {
        return Combinators.combine(
                        Arbitraries.of(Form.class),
                        labels(),
                        labels(),
                        labels(),
                        maybePort(),
                        Arbitraries.of(Protocol.class),
                        settings())
                .as(TargetPropertyTest::typed);
    }

    private static Typed typed(
            Form form,
            String service,
            String namespace,
            String host,
            String anyPort,
            Protocol protocol,
            Map<String, String> parameters) {
        boolean srv = form == Form.SRV;
        String port = srv && (anyPort.isEmpty() || anyPort.matches("[0-9]+")) ? "http" : anyPort;
        String two = service + "." + namespace;
        String name =
                switch (form) {
                    case SERVICE, BESIDE -> service;
                    case TWO_LABELS -> two;
                    case MARKED -> two + ".svc";
                    case DOMAIN -> two + ".svc.corp.example";
                    case FINAL_DOT -> two + ".svc.corp.example.";
                    case HOST -> host + "." + two + ".svc";
                    case HOST_DOMAIN -> host + "." + two + ".svc.corp.example";
                    case SRV -> "_" + port + "._" + protocol.lowerCase() + "." + two + ".svc";
                };
        List<String> query = new ArrayList<>();
        parameters.forEach((key, value) -> query.add(encoded(key) + "=" + encoded(value)));
        if (protocol != Protocol.TCP && !srv) {
            query.add("protocol=" + protocol);
        }
        String text = (form == Form.BESIDE ? "k8s://" + namespace + "/" : query.size() % 2 == 0 ? "k8s:///" : "")
                + name
                + (port.isEmpty() || srv ? "" : ":" + port)
                + (query.isEmpty() ? "" : "?" + String.join("&", query));
        boolean hosted = form == Form.HOST || form == Form.HOST_DOMAIN;
        return new Typed(
                form,
                text,
                service,
                form == Form.SERVICE ? null : namespace,
                hosted ? host : null,
                port.isEmpty() ? null : port,
                protocol,
                parameters);
    }

    private static Arbitrary<String> labels() {
        Arbitrary<Character> end = Arbitraries.chars().range('a', 'z').range('0', '9');
        Arbitrary<String> middle = Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .withChars('-')
                .ofMaxLength(61);
        return Arbitraries.oneOf(
                Combinators.combine(end, middle, end).as((first, rest, last) -> first + rest + last),
                end.map(String::valueOf),
                Arbitraries.of("svc", "cluster", "local", "k8s", "pods", "localhost", "1", "orders"));
    }

    @Provide
    Arbitrary<String> maybeLabel() {
        return Arbitraries.oneOf(labels(), Arbitraries.just(""));
    }

    @Provide
    Arbitrary<String> maybePort() {
        Arbitrary<String> names = labels().filter(label -> !label.matches("[0-9]+"));
        Arbitrary<String> numbers = Arbitraries.integers().between(1, 65535).map(String::valueOf);
        return Arbitraries.oneOf(names, numbers, Arbitraries.just(""));
    }

    @Provide
    Arbitrary<Map<String, String>> settings() {
        Arbitrary<String> keys = Arbitraries.oneOf(
                        Arbitraries.of("policy", "eject.interval", "pods.x", "ports"),
                        encodable().filter(key -> !key.isEmpty()))
                .map(ServiceName::lowerCase)
                .filter(key -> !TargetQuery.KUBERNETES_KEYS.contains(key));
        return Arbitraries.maps(keys, encodable()).ofMaxSize(3);
    }

    /** Anything but control characters and halves of surrogate pairs. */
    @Provide
    Arbitrary<String> encodable() {
        Arbitrary<Integer> codePoints = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.integers().between(0x20, 0x7e)),
                Tuple.of(1, Arbitraries.integers().between(0xa0, 0xd7ff)),
                Tuple.of(1, Arbitraries.integers().between(0xe000, 0x10ffff)));
        return codePoints.list().ofMaxSize(8).map(points -> points.stream()
                .map(Character::toString)
                .collect(Collectors.joining()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Turns letters over, but leaves values of the query alone: their case is theirs. */
    private static String inRandomCase(String text, Random random) {
        StringBuilder turned = new StringBuilder(text.length());
        boolean value = false;
        for (int i = 0; i < text.length(); i++) {
            String c = text.substring(i, i + 1);
            value = c.equals("=") || (value && !c.equals("&"));
            boolean upper = !value && random.nextBoolean();
            turned.append(upper ? c.toUpperCase(Locale.ROOT) : c);
        }
        return turned.toString();
    }
}
