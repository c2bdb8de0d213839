package io.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the one command shows. */
class MainTest {
    private static final Pattern SHARE = Pattern.compile("(inventory-\\d)=(\\d+)");

    @Test
    void it_shows_who_answered_before_while_and_after_an_instance_shuts_down() throws InterruptedException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (Shop shop = Shop.open(0);
                PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            Main.play(shop, out);
        }
        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(9);
        assertThat(lines.get(0)).isEqualTo("Two instances of inventory: 40 orders");
        assertThat(lines.get(3)).isEqualTo("While one shuts down: 200 orders");
        assertThat(lines.get(6)).isEqualTo("With the other alone: 40 orders");
        for (int line : List.of(1, 2)) {
            // By the lot of a coin one would have none of 40 once in 500 thousand million runs.
            assertThat(shares(lines.get(line))).containsOnlyKeys("inventory-1", "inventory-2");
            assertThat(sum(lines.get(line))).isEqualTo(40);
            assertThat(sum(lines.get(line + 3))).isEqualTo(200);
            assertThat(shares(lines.get(line + 6))).isEqualTo(Map.of("inventory-2", 40L));
        }
        assertThat(lines.get(1)).startsWith("  priced by REST    ");
        assertThat(lines.get(2)).startsWith("  counted by gRPC   ");
    }

    private static long sum(String line) {
        return shares(line).values().stream().mapToLong(Long::longValue).sum();
    }

    private static Map<String, Long> shares(String line) {
        Map<String, Long> shares = new TreeMap<>();
        Matcher share = SHARE.matcher(line);
        while (share.find()) {
            shares.put(share.group(1), Long.valueOf(share.group(2)));
        }
        return shares;
    }
}
