package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints for tests of judging, each in one word: flags (r ready, s serving, t terminating, - none), then, each only if known, {@code
 * @node}, {@code /zone}, {@code >zone hints} and {@code #node hints}, hints separated by {@code +}.
 */
final class JudgedSamples {
    private static final Pattern WORD =
            Pattern.compile("([rst-]+)(?:@(\\w*))?(?:/(\\w*))?(?:>([\\w+]*))?(?:#([\\w+]*))?");

    private JudgedSamples() {}

    static List<JoinedEndpoint> endpoints(String... words) {
        List<JoinedEndpoint> endpoints = new ArrayList<>();
        for (String word : words) {
            Matcher matcher = WORD.matcher(word);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(word);
            }
            String flags = matcher.group(1);
            endpoints.add(new JoinedEndpoint(
                    new SliceEndpoint(
                            "10.1.0." + (endpoints.size() + 1),
                            flags.contains("r"),
                            flags.contains("s"),
                            flags.contains("t"),
                            new Locality(matcher.group(2), matcher.group(3)),
                            null,
                            null,
                            null,
                            hints(matcher.group(4)),
                            hints(matcher.group(5))),
                    8080,
                    null));
        }
        return endpoints;
    }

    private static List<String> hints(@Nullable String said) {
        return said == null || said.isEmpty() ? List.of() : Arrays.asList(said.split("\\+"));
    }

    /** U usable, D draining, X unusable, in the order given. */
    static String letters(Judgement judgement) {
        List<String> letters = new ArrayList<>();
        for (int i = 0; i < judgement.size(); i++) {
            Usability usability = judgement.usability(i);
            letters.add(usability.isUsable() ? "U" : usability instanceof Usability.Draining ? "D" : "X");
        }
        return String.join(" ", letters);
    }
}
