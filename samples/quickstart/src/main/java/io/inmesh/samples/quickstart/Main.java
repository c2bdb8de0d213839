package io.inmesh.samples.quickstart;

import java.io.PrintStream;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs the quickstart; {@code --help} says what that is. */
public final class Main {
    private static final int GOOD = 0;
    private static final int BAD = 1;
    private static final int REFUSED = 2;

    // Kept, since the JDK forgets the level of a logger that nobody holds.
    private static final Logger ROOT = Logger.getLogger("");

    private Main() {}

    /** Runs it and ends the process with its exit code. */
    public static void main(String... arguments) throws InterruptedException {
        if (System.getProperty("java.util.logging.config.file") == null) {
            // What the script does to the cluster would fill the screen with warnings; each of them is meant.
            ROOT.setLevel(Level.SEVERE);
        }
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /**
     * Runs it in this process.
     *
     * @return the exit code: 0 all well, 1 not, 2 it could not start
     */
    static int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
        prepareJdk();
        if (CommandLine.asksForHelp(arguments)) {
            out.print(CommandLine.HELP);
            return GOOD;
        }
        try {
            Options options = CommandLine.parse(arguments);
            Screen screen = Screen.standard(out);
            boolean good = options.service() == null
                    ? new MainJob(options, screen).run()
                    : new ServiceLook(options, options.service(), screen).run();
            return good ? GOOD : BAD;
        } catch (Refusal refusal) {
            err.println("quickstart: " + String.valueOf(refusal.getMessage()).strip());
            return REFUSED;
        }
    }

    /** What the JDK's HTTP client and server read once, before their first use. */
    private static void prepareJdk() {
        // The client: lets a request carry the service's own name as its Host, not the pod's address.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        // The server: answers at once, instead of waiting 40 ms for an acknowledgement of the head.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }
}
