package io.inmesh.samples.benchmarks.sim;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Draws trials of one load as SVG: a panel for each scenario, a row for each policy, a mark for each number of clients where the p99 of the
 * worst seed lies. All panels have the same logarithmic axis, so that they can be compared.
 */
final class Plot {
    private static final int PANEL_WIDTH = 560;
    private static final int ROW_HEIGHT = 22;
    private static final int NAMES_WIDTH = 110;
    private static final int RIGHT_MARGIN = 24;
    private static final int TITLE_HEIGHT = 72;
    private static final int PANEL_TOP = 34;
    private static final int PANEL_BOTTOM = 56;
    private static final int PANELS_IN_A_ROW = 2;
    private static final List<String> COLOURS = List.of("#0b6e99", "#d9730d", "#7d3cbf", "#2d7d46", "#b3261e");
    private static final int[] TICKS = {10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000};

    private final List<Trial> trials;
    private final List<Scenario> scenarios;
    private final List<Policy> policies;
    private final List<Integer> clients;
    private final int least;
    private final int most;
    private final StringBuilder svg = new StringBuilder();

    private Plot(List<Trial> trials) {
        this.trials = trials;
        scenarios = trials.stream().map(Trial::scenario).distinct().toList();
        policies = trials.stream().map(Trial::policy).distinct().toList();
        clients = trials.stream().map(Trial::clients).distinct().toList();
        double lowest = trials.stream().mapToDouble(Plot::p99).min().orElse(TICKS[0]);
        double highest = trials.stream().mapToDouble(Plot::p99).max().orElse(TICKS[1]);
        least = IntStream.of(TICKS).filter(tick -> tick <= lowest).max().orElse(1);
        most = IntStream.of(TICKS).filter(tick -> tick >= highest).min().orElse((int) Math.ceil(highest));
    }

    /** Draws; all trials are of one load. */
    static String of(List<Trial> trials) {
        return new Plot(trials).draw();
    }

    private String draw() {
        int panelHeight = PANEL_TOP + ROW_HEIGHT * policies.size() + PANEL_BOTTOM;
        int rows = (scenarios.size() + PANELS_IN_A_ROW - 1) / PANELS_IN_A_ROW;
        int width = PANEL_WIDTH * PANELS_IN_A_ROW;
        int height = TITLE_HEIGHT + rows * panelHeight;
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d' font-family='sans-serif'"
                        + " font-size='12' fill='#222'>",
                width, height, width, height);
        add("<rect width='100%%' height='100%%' fill='#fff'/>");
        text(
                16,
                26,
                "start' font-size='16",
                "p99 latency by policy, load %.2f, the worst of %d seeds (less is better)"
                        .formatted(trials.get(0).load(), Trial.SEEDS));
        legend();
        for (int i = 0; i < scenarios.size(); i++) {
            panel(
                    scenarios.get(i),
                    PANEL_WIDTH * (i % PANELS_IN_A_ROW),
                    TITLE_HEIGHT + panelHeight * (i / PANELS_IN_A_ROW));
        }
        return svg.append("</svg>\n").toString();
    }

    private void legend() {
        for (int i = 0; i < clients.size(); i++) {
            int x = 24 + 120 * i;
            mark(i, x, 50);
            text(x + 12, 54, "start", clients.get(i) == 1 ? "1 client" : clients.get(i) + " clients");
        }
    }

    private void panel(Scenario scenario, int left, int top) {
        int bottom = top + PANEL_TOP + ROW_HEIGHT * policies.size();
        text(left + NAMES_WIDTH, top + 20, "start' font-weight='bold", scenario.name());
        for (int tick : TICKS) {
            if (tick >= least && tick <= most) {
                double x = left + across(tick);
                add("<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#ddd'/>", x, top + PANEL_TOP, x, bottom);
                text(x, bottom + 16, "middle", Integer.toString(tick));
            }
        }
        text(left + (NAMES_WIDTH + PANEL_WIDTH - RIGHT_MARGIN) / 2.0, bottom + 36, "middle", "p99 in ms, logarithmic");
        for (int row = 0; row < policies.size(); row++) {
            row(scenario, policies.get(row), left, top + PANEL_TOP + ROW_HEIGHT * row + ROW_HEIGHT / 2);
        }
    }

    private void row(Scenario scenario, Policy policy, int left, int y) {
        text(left + NAMES_WIDTH - 12.0, y + 4, "end", policy.name());
        add(
                "<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='#eee'/>",
                left + NAMES_WIDTH, y, left + PANEL_WIDTH - RIGHT_MARGIN, y);
        trials.stream()
                .filter(trial ->
                        trial.scenario().equals(scenario) && trial.policy().equals(policy))
                .forEach(trial -> mark(clients.indexOf(trial.clients()), left + across(p99(trial)), y));
    }

    /** Circle, square, diamond: told apart without colours, too. */
    private void mark(int number, double x, double y) {
        String colour = COLOURS.get(number % COLOURS.size());
        String style = "fill='" + colour + "' fill-opacity='0.8' stroke='#fff'";
        switch (number % 3) {
            case 0 -> add("<circle cx='%.1f' cy='%.1f' r='5.5' %s/>", x, y, style);
            case 1 -> add("<rect x='%.1f' y='%.1f' width='10' height='10' %s/>", x - 5, y - 5, style);
            default -> add("<path d='M%.1f %.1f l6.5 6.5 l-6.5 6.5 l-6.5 -6.5 z' %s/>", x, y - 6.5, style);
        }
    }

    private double across(double millis) {
        double share = Math.log(millis / least) / Math.log((double) most / least);
        return NAMES_WIDTH + share * (PANEL_WIDTH - NAMES_WIDTH - RIGHT_MARGIN);
    }

    private static double p99(Trial trial) {
        return trial.worst().p99();
    }

    private void text(double x, double y, String anchor, String words) {
        add("<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", x, y, anchor, words);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
