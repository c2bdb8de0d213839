package io.inmesh.resolver.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** the canonical text of addresses. */
class IpAddressTest {

    private static Optional<String> any(String text) {
        Optional<String> four = IpAddress.ipv4(text);
        Optional<String> six = IpAddress.ipv6(text);
        assertThat(four.isPresent() && six.isPresent()).as("both families").isFalse();
        return four.or(() -> six);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.1, 10.1.0.1",
        "010.001.000.010, 10.1.0.10",
        "255.255.255.255, 255.255.255.255",
        "0.0.0.0, 0.0.0.0",
        "FD00::1, fd00::1",
        "fd00:0:0:0:0:0:0:1, fd00::1",
        "2001:0db8:0000:0000:0001:0000:0000:0001, 2001:db8::1:0:0:1", // the first of two runs
        "2001:db8:0:0:1:0:0:0, 2001:db8:0:0:1::", // the longer of two runs
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", // a single zero group stays
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "::ffff:10.1.0.1, ::ffff:10.1.0.1",
        "::FFFF:0A01:0001, ::ffff:10.1.0.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    })
    void addresses_have_one_text(String text, String canonical) {
        assertThat(any(text)).contains(canonical);
        assertThat(any(canonical)).as("stays as it is").contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "10.1.0",
                "10.1.0.1.2",
                "10.1.0.256",
                "10.1..1",
                "0x0a.1.0.1",
                "10.1.0.1 ",
                "example.org",
                "\u0661.1.1.1",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "1:2:3:4:5:6:7:8::",
                "12345::",
                "g::",
                "fe80::1%eth0",
                "::10.1.0",
                "[::1]",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:",
                ":1"
            })
    void other_texts_are_no_addresses(String text) {
        assertThat(any(text)).isEmpty();
    }

    @Property
    void every_ipv6_address_reads_back_as_the_same_bytes(@ForAll @Size(16) byte[] bytes, @ForAll int zeros)
            throws UnknownHostException {
        for (int i = 0; i < 16; i += 2) { // Runs of zero groups, which chance alone would not bring.
            if ((zeros >> (i / 2) & 1) == 0) {
                Arrays.fill(bytes, i, i + 2, (byte) 0);
            }
        }
        boolean mapped = InetAddress.getByAddress(bytes).getAddress().length == 4; // The JDK makes IPv4 of those.
        String spelled = spelled(bytes);
        String canonical = IpAddress.ipv6(spelled).orElseThrow();
        assertThat(canonical).hasSizeLessThanOrEqualTo(spelled.length());
        if (!mapped) {
            assertThat(InetAddress.getByName("[" + canonical + "]").getAddress())
                    .isEqualTo(bytes);
        }
    }

    private static String spelled(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 16; i += 2) {
            text.append(i == 0 ? "" : ":").append(String.format("%02X%02X", bytes[i], bytes[i + 1]));
        }
        return text.toString();
    }
}
