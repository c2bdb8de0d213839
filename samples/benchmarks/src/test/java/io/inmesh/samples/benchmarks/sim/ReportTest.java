package io.inmesh.samples.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
    private static final Measurement BETTER = new Measurement(1, 40, 80, 4, 1.1);
    private static final Measurement WORSE = new Measurement(2, 30, 90, 5, 1.0);
    private static final List<Trial> TRIALS = List.of(
            new Trial(Scenario.HET, Policy.RR, 1, 0.7, List.of(BETTER, WORSE)),
            new Trial(Scenario.HET, Policy.P2C_EWMA, 20, 0.7, List.of(BETTER)));

    @Test
    void the_table_tells_the_worst_of_each_number() {
        assertThat(Report.line(TRIALS.get(0)).trim().split("\\s+"))
                .containsExactly("HET", "rr", "1", "2.0", "40.0", "90.0", "5.0", "1.10");
    }

    @Test
    void the_file_tells_every_seed() {
        assertThat(Report.csv(TRIALS).lines())
                .containsExactly(
                        "scenario,policy,clients,load,seed,p50_ms,p99_ms,p999_ms,mean_ms,max_share_of_mean",
                        "HET,rr,1,0.70,1,1.000,40.000,80.000,4.000,1.1000",
                        "HET,rr,1,0.70,2,2.000,30.000,90.000,5.000,1.0000",
                        "HET,p2c_ewma,20,0.70,1,1.000,40.000,80.000,4.000,1.1000");
    }

    @Test
    void the_plot_is_a_picture_with_names_axis_and_legend() throws Exception {
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Plot.of(TRIALS))));
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("HET", "rr", "p2c_ewma", "1 client", "20 clients", "p99 in ms, logarithmic", "load 0.70");
        assertThat(svg.getElementsByTagName("circle").getLength())
                .as("one in the legend, one for rr")
                .isEqualTo(2);
    }

    @Test
    void quantiles_are_requests_that_were() {
        long[] latencies = new long[1000];
        for (int i = 0; i < latencies.length; i++) {
            latencies[i] = (1000L - i) * 1_000_000;
        }
        assertThat(Measurement.of(latencies, new long[] {1, 3, 2}))
                .isEqualTo(new Measurement(500, 990, 999, 500.5, 1.5));
    }

    @Test
    void a_wrong_option_is_told() {
        assertThatThrownBy(() -> Main.main(new String[] {"load=1.5"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("load=1.5: out of range (expected: load=0.01 to 0.99, clients=1 to 1000 each, "
                        + "requests=1000 to 100000000)");
        assertThatThrownBy(() -> Main.main(new String[] {"seed=4"})).hasMessageContaining("seed=4: no such option");
    }
}
