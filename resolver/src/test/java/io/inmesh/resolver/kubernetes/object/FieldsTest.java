package io.inmesh.resolver.kubernetes.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services, pods, nodes and Endpoints are read strictly, and null is absent everywhere (rule A-9). */
class FieldsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "service | {'spec':'x'} | spec: \"x\" (expected: an object)",
                "service | {'spec':{'ports':'x'}} | spec.ports: \"x\" (expected: a list)",
                "service | {'spec':{'ports':[{},{'port':'80'}]}} | spec.ports[1].port: \"80\" (expected: a whole number",
                "service | {'spec':{'ports':[7]}} | spec.ports[0]: 7 (expected: an object)",
                "service | {'spec':{'ipFamilies':[4]}} | spec.ipFamilies[0]: 4 (expected: a text)",
                "service | {'spec':{'selector':{'app':1}}} | spec.selector.app: 1 (expected: a text)",
                "service | {'status':{'loadBalancer':{'ingress':{}}}} | status.loadBalancer.ingress: {} (expected: a list)",
                "service | {'metadata':{'annotations':[]}} | metadata.annotations: [] (expected: an object)",
                "service | [] | the object: [] (expected: an object)",
                "pod | {'status':{'podIPs':['10.1.0.1']}} | status.podIPs[0]: \"10.1.0.1\" (expected: an object)",
                "pod | {'spec':{'containers':[{'ports':[{'containerPort':4294967296}]}]}} | 4294967296 (expected: a whole",
                "node | {'status':{'conditions':[{'type':1}]}} | status.conditions[0].type: 1 (expected: a text)",
                "endpoints | {'subsets':[{'addresses':[{'ip':7}]}]} | subsets[0].addresses[0].ip: 7 (expected: a text)",
                "endpoints | {'subsets':{}} | subsets: {} (expected: a list)",
            })
    void what_is_of_another_type_is_refused_by_its_path(String kind, String object, String why) throws IOException {
        Function<JsonNode, ?> read =
                switch (kind) {
                    case "service" -> ServiceReader::read;
                    case "pod" -> new PodReader(null)::read;
                    case "node" -> NodeReader::read;
                    default -> EndpointsReader::read;
                };
        JsonNode json = json(object);
        assertThatThrownBy(() -> read.apply(json))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining(why);
    }

    @Test
    void null_is_absent_at_every_depth_A9() throws IOException {
        ServiceObject service = ServiceReader.read(json("{'metadata':null,'spec':{'ports':[null,{'port':null}],"
                + "'ipFamilies':[null],'selector':{'app':null},'type':null},'status':null}"));
        assertThat(service.ports()).singleElement().satisfies(port -> assertThat(port.number())
                .isZero());
        assertThat(service.selector()).containsEntry("app", "");
        assertThat(EndpointsReader.read(json("{'subsets':[null,{'addresses':[null,{'ip':null}]}]}"))
                        .slices())
                .isEqualTo(List.of());
    }

    @Test
    void a_long_value_is_cut_in_the_message() throws IOException {
        JsonNode json = json("{'spec':'" + "x".repeat(5000) + "'}");
        assertThatThrownBy(() -> ServiceReader.read(json)).message().hasSizeLessThan(120);
    }
}
