package io.inmesh.samples.quickstart;

import java.io.Console;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the job is watched: on a terminal a block of lines is drawn over and over in its place, elsewhere it is printed once, when
 * it is final.
 *
 * <p>Threads: one.
 */
final class Screen {
    // Without these, a line longer than the terminal is wide would take two, and the way back up would be too short.
    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";

    private final PrintStream out;
    private final boolean terminal;

    /** Lines of the block that the next drawing replaces. */
    private int drawn;

    Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Standard output, as whatever it is. */
    static Screen standard(PrintStream out) {
        String term = System.getenv("TERM");
        return new Screen(out, isTerminal(System.console()) && term != null && !term.equals("dumb"));
    }

    /** From JDK 22 on there may be a console where there is no terminal; only those JDKs have a method that tells. */
    private static boolean isTerminal(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** A line that stays. */
    void say(String line) {
        settle(List.of(line));
    }

    /** A block that will be drawn again. */
    void draw(List<String> block) {
        if (terminal) {
            erase();
            out.print(WRAP_OFF);
            block.forEach(out::println);
            out.print(WRAP_ON);
            out.flush();
            drawn = block.size();
        }
    }

    /** The final form of a block. */
    void settle(List<String> block) {
        erase();
        block.forEach(out::println);
        out.flush();
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\u001b[" + drawn + "A\u001b[J"); // Up to its first line, and clear from there.
            drawn = 0;
        }
    }
}
