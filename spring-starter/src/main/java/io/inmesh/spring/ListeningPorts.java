package io.inmesh.spring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On which TCP ports somebody listens in this network namespace, which all containers of a pod share: as Linux tells in {@code /proc/net/tcp} (proc(5)).
 * Elsewhere nothing is known.
 */
final class ListeningPorts {
    private static final Logger log = LoggerFactory.getLogger(ListeningPorts.class);
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    /** Number, local address and port in hexadecimal, the peer's, and the state of one who listens. */
    private static final Pattern LISTENING =
            Pattern.compile("\\s*\\d+:\\s+[0-9A-F]+:([0-9A-F]{4})\\s+[0-9A-F]+:[0-9A-F]{4}\\s+0A\\s.*");

    private static final int HEXADECIMAL = 16;

    private ListeningPorts() {}

    /** All of them now. */
    static Set<Integer> ofThisNetwork() {
        return in(TABLES);
    }

    /** Those that these tables name; one that is missing or cannot be read names none. */
    static Set<Integer> in(List<Path> tables) {
        Set<Integer> ports = new HashSet<>();
        for (Path table : tables) {
            try {
                if (Files.isReadable(table)) {
                    for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                        Matcher row = LISTENING.matcher(line);
                        if (row.matches()) {
                            ports.add(Integer.parseInt(row.group(1), HEXADECIMAL));
                        }
                    }
                }
            } catch (IOException e) {
                log.debug("{} cannot be read: a sidecar may go unnoticed", table, e);
            }
        }
        return ports;
    }
}
