package io.inmesh.resolver.kubernetes.object;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slices are reduced while they are parsed, whatever else is in them and in whatever order it comes. */
class SliceReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String FULL = """
            {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",
             "metadata":{"name":"shop-abc","namespace":"prod","uid":"u","resourceVersion":"41",
               "labels":{"x":"y","kubernetes.io/service-name":"shop"},
               "ownerReferences":[{"kind":"Service","name":"shop","uid":"u2"}],
               "managedFields":[{"manager":"m","fieldsV1":{"f:endpoints":{},"f:metadata":{"name":"no"}}}]},
             "addressType":"IPv4",
             "endpoints":[
               {"addresses":["10.0.0.1","10.0.0.2"],"conditions":{"ready":true,"serving":null,"terminating":false,"new":{"a":[1]}},
                "hostname":"h","nodeName":"n1","zone":"z1","deprecatedTopology":{"zone":"no"},
                "targetRef":{"kind":"Pod","namespace":"prod","name":"p1","uid":"pu1"},
                "hints":{"forZones":[{"name":"z1"},{"name":null},{"other":1}],"forNodes":[{"name":"n1"}]}},
               {"addresses":["010.0.0.3"],"conditions":{"ready":false,"serving":true,"terminating":true},"nodeName":"n1","zone":"z1",
                "targetRef":{"kind":"Node","name":"p1","uid":"pu1"}},
               {"addresses":[],"conditions":{}},{"addresses":null},{"addresses":["fd00::1"]},{"conditions":null,"addresses":["10.0.0.4"]}],
             "ports":[{"name":"http","port":8080,"protocol":"TCP","appProtocol":"grpc"},{"name":"","port":null},
               {"name":"dns","protocol":"UDP","port":53},{"port":70000},{"port":1,"protocol":"QUIC"}]}
            """;

    private static Slice read(SliceReader reader, JsonNode json) throws IOException {
        ReadObject.Reduced<Slice> read = (ReadObject.Reduced<Slice>) attempt(reader, json);
        assertThat(read.id()).isEqualTo(read.object().id());
        assertThat(read.version()).isEqualTo(read.object().version());
        return read.object();
    }

    private static ReadObject<Slice> attempt(SliceReader reader, JsonNode json) throws IOException {
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = Json.parser(bytes, 0, bytes.length)) {
            parser.nextToken();
            ReadObject<Slice> read = reader.read(parser);
            assertThat(parser.nextToken())
                    .as("all of it was read, and nothing more")
                    .isNull();
            return read;
        }
    }

    @Test
    void what_joining_needs_is_kept_and_everything_else_skipped_A4_A9_C1_P8_P9() throws IOException {
        Slice slice = read(new SliceReader(), JSON.readTree(FULL));
        assertThat(slice.id()).hasToString("prod/shop-abc");
        assertThat(slice.version()).isEqualTo("41");
        assertThat(slice.service()).hasToString("prod/shop");
        assertThat(slice.family()).isEqualTo(AddressFamily.IPV4);
        assertThat(slice.ports())
                .containsExactly(
                        new SlicePort("http", Protocol.TCP, 8080, "grpc"),
                        new SlicePort("dns", Protocol.UDP, 53, null));
        Locality place = new Locality("n1", "z1");
        assertThat(slice.endpoints())
                .containsExactly(
                        new SliceEndpoint(
                                "10.0.0.1", true, true, false, place, "h", "pu1", "p1", List.of("z1"), List.of("n1")),
                        new SliceEndpoint("10.0.0.3", false, true, true, place, null, null, null, List.of(), List.of()),
                        new SliceEndpoint(
                                "10.0.0.4",
                                true,
                                true,
                                false,
                                Locality.UNKNOWN,
                                null,
                                null,
                                null,
                                List.of(),
                                List.of()));
        assertThat(slice).isEqualTo(SliceReader.read(JSON.readTree(FULL)));
    }

    @Test
    void fields_may_come_in_any_order_W1() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Slice expected = read(new SliceReader(), JSON.readTree(FULL));
        SliceReader reader = new SliceReader();
        for (int i = 0; i < 200; i++) {
            assertThat(read(reader, shuffled(JSON.readTree(FULL), random))).isEqualTo(expected);
        }
    }

    private static JsonNode shuffled(JsonNode node, Random random) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            Collections.shuffle(names, random);
            ObjectNode other = JSON.createObjectNode();
            names.forEach(name -> other.set(name, shuffled(object.get(name), random)));
            return other;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode other = JSON.createArrayNode();
            array.forEach(each -> other.add(shuffled(each, random)));
            return other;
        }
        return node;
    }

    @Test
    void null_and_empty_are_absent_A9() throws IOException {
        for (String field : List.of("metadata", "addressType", "endpoints", "ports")) {
            ObjectNode slice = (ObjectNode) JSON.readTree(FULL);
            slice.putNull(field);
            Slice read = read(new SliceReader(), slice);
            assertThat(field.equals("endpoints") ? read.endpoints() : List.of()).isEmpty();
            assertThat(field.equals("ports") ? read.ports() : List.of()).isEmpty();
        }
        assertThat(read(new SliceReader(), JSON.readTree("{\"endpoints\":[null,{}],\"ports\":[null,{}]}"))
                        .ports())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ports | \"all\" | ports: all (expected: a list)",
                "/ports | {} | ports: an object (expected: a list)",
                "/ports | [7] | ports[0]: 7 (expected: an object)",
                "/ports/1/port | \"80\" | ports[1].port: 80 (expected: a whole number of at most 32 bits)",
                "/ports/0/port | 80.5 | ports[0].port: 80.5 (expected: a whole number of at most 32 bits)",
                "/ports/0/port | 8080808080 | ports[0].port: 8080808080 (expected: a whole number of at most 32 bits)",
                "/ports/0/name | [] | ports[0].name: a list (expected: a text)",
                "/addressType | \"IPv8\" | addressType: IPv8 (expected: IPv4, IPv6 or FQDN)",
                "/addressType | 4 | addressType: 4 (expected: a text)",
                "/endpoints | 7 | endpoints: 7 (expected: a list)",
                "/endpoints/0 | \"10.0.0.1\" | endpoints[0]: 10.0.0.1 (expected: an object)",
                "/endpoints/0/addresses | \"10.0.0.1\" | endpoints[0].addresses: 10.0.0.1 (expected: a list)",
                "/endpoints/0/addresses/0 | 10 | endpoints[0].addresses[0]: 10 (expected: a text)",
                "/endpoints/1/conditions/ready | \"yes\" | endpoints[1].conditions.ready: yes (expected: true or false)",
                "/endpoints/0/hints/forZones | {} | endpoints[0].hints.forZones: an object (expected: a list)",
                "/metadata/labels | [] | metadata.labels: a list (expected: an object)"
            })
    void of_a_slice_that_cannot_be_read_field_and_value_are_told_and_its_name_and_version_are_known(
            String path, String value, String why) throws IOException {
        JsonNode slice = JSON.readTree(FULL);
        int last = path.lastIndexOf('/');
        JsonNode parent = slice.at(path.substring(0, last));
        if (parent instanceof ArrayNode list) {
            list.set(Integer.parseInt(path.substring(last + 1)), JSON.readTree(value));
        } else {
            ((ObjectNode) parent).set(path.substring(last + 1), JSON.readTree(value));
        }
        Random random = new Random(path.hashCode());
        for (int i = 0; i < 20; i++) {
            ReadObject<Slice> read = attempt(new SliceReader(), i == 0 ? slice : shuffled(slice, random));
            assertThat(read)
                    .isInstanceOfSatisfying(ReadObject.Unreadable.class, unreadable -> assertThat(unreadable.why())
                            .isEqualTo(why));
            assertThat(read.id()).hasToString("prod/shop-abc");
            assertThat(read.version()).isEqualTo("41");
        }
    }

    @Test
    void an_address_that_is_null_costs_its_endpoint_alone_A4() throws IOException {
        Slice slice = read(new SliceReader(), JSON.readTree(FULL.replace("[\"10.0.0.1\",", "[null,")));
        assertThat(slice.endpoints()).extracting(SliceEndpoint::address).containsExactly("10.0.0.3", "10.0.0.4");
    }

    @Test
    void equal_places_names_and_hints_are_one_object_in_all_slices_of_a_reader() throws IOException {
        SliceReader reader = new SliceReader();
        Slice one = read(reader, JSON.readTree(FULL));
        Slice other = read(reader, JSON.readTree(FULL.replace("shop-abc", "shop-def")));
        assertThat(other.endpoints().get(1).locality())
                .isSameAs(one.endpoints().get(0).locality());
        assertThat(other.endpoints().get(0).zoneHints())
                .isSameAs(one.endpoints().get(0).zoneHints());
        assertThat(other.ports().get(0).name()).isSameAs(one.ports().get(0).name());
        assertThat(other.id().namespace()).isSameAs(one.id().namespace());
    }

    @Test
    void more_places_than_are_remembered_are_kept_apart() throws IOException {
        SliceReader reader = new SliceReader();
        for (int i = 0; i < 5000; i++) {
            Slice slice = read(reader, JSON.readTree(FULL.replace("\"n1\"", "\"n-" + i + "\"")));
            assertThat(slice.endpoints().get(0).locality().node()).isEqualTo("n-" + i);
            assertThat(slice.endpoints().get(0).nodeHints()).containsExactly("n-" + i);
        }
    }

    @Test
    void what_a_newer_version_of_a_slice_says_as_before_is_the_same_object() throws IOException {
        SliceReader reader = new SliceReader();
        Slice before = read(reader, JSON.readTree(FULL));
        Slice same = read(reader, JSON.readTree(FULL));
        assertThat(same).isEqualTo(before);
        assertThat(same.endpoints()).isSameAs(before.endpoints());

        ObjectNode tree = (ObjectNode) JSON.readTree(FULL);
        ArrayNode endpoints = (ArrayNode) tree.get("endpoints");
        endpoints.remove(0);
        endpoints.add(JSON.readTree("{\"addresses\":[\"10.9.9.9\"]}"));
        Slice after = read(reader, tree);
        assertThat(after).isEqualTo(read(new SliceReader(), tree));
        assertThat(after.endpoints().get(0)).isSameAs(before.endpoints().get(1));
        assertThat(after.id()).isSameAs(before.id());
        assertThat(after.ports()).isSameAs(before.ports());
    }
}
