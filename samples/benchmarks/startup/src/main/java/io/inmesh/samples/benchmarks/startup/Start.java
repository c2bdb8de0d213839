package io.inmesh.samples.benchmarks.startup;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One start of the small application in a JVM of its own.
 *
 * @param wallMillis from the JVM's start to the application's word that it has started
 * @param cpuMillis the processor time used for it, on all cores
 */
record Start(long wallMillis, long cpuMillis) {

    static Start of(ClassPath classPath) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder command = new ProcessBuilder(
                        java,
                        "-cp",
                        classPath.toString(),
                        SmallApplication.class.getName(),
                        "--server.port=0",
                        "--spring.main.banner-mode=off")
                .redirectErrorStream(true);
        long began = System.nanoTime();
        Process process = command.start();
        List<String> lines = new ArrayList<>();
        Start start = null;
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (line.startsWith(SmallApplication.STARTED)) {
                    start = new Start(
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
                            Long.parseLong(line.substring(SmallApplication.STARTED.length())));
                }
            }
        }
        if (process.waitFor() != 0 || start == null) {
            throw new IllegalStateException("the application did not start: " + String.join("\n", lines));
        }
        return start;
    }
}
