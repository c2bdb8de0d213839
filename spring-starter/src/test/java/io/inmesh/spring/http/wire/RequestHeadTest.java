package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/** First line and headers, as they arrive. */
@Timeout(60)
class RequestHeadTest extends WireFixture {
    private ScriptedServer.Request sent(WireRequest request) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        exchange(peer(server), request);
        return server.requests().get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "/a//b?x=%27", "/?", "//orders.shop/a", "/a;b=c/..//./d?e=f?g&h=http://i/"})
    void a_target_arrives_as_it_is(String target) throws Exception {
        assertThat(sent(get(target)).firstLine()).isEqualTo("GET " + target + " HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROPFIND", "OPTIONS", "TRACE", "PURGE"})
    void any_method_is_sent(String method) throws Exception {
        assertThat(sent(request(HttpMethod.valueOf(method), "/", null)).firstLine())
                .isEqualTo(method + " / HTTP/1.1");
    }

    @Test
    void host_is_the_callers_and_there_is_one() throws Exception {
        HttpHeaders headers = new HttpHeaders();
        headers.set("host", "Orders.shop:8443");
        assertThat(sent(new WireRequest(HttpMethod.GET, "/", headers, null)).header("Host"))
                .containsExactly("Orders.shop:8443");
    }

    @Test
    void cookies_are_one_header_and_several_values_of_another_stay_several() throws Exception {
        ScriptedServer.Request sent =
                sent(get("/", "Cookie", "a=1", "cookie", "b=2", "X-Tag", "one", "X-Tag", "two, three", "X-Empty", ""));
        assertThat(sent.header("Cookie")).containsExactly("a=1; b=2");
        assertThat(sent.header("X-Tag")).containsExactly("one", "two, three");
        assertThat(sent.header("X-Empty")).containsExactly("");
    }

    @Test
    void latin_letters_in_a_value_arrive_as_they_are() throws Exception {
        assertThat(sent(get("/", "X-Name", "J\u00f6rg")).header("X-Name")).containsExactly("J\u00f6rg");
    }

    @Test
    void the_clients_own_headers_give_way_to_the_callers() throws Exception {
        ScriptedServer.Request bare = sent(get("/"));
        assertThat(bare.header("User-Agent")).containsExactly("inmesh");
        assertThat(bare.header("Accept-Encoding")).containsExactly("gzip");
        ScriptedServer.Request told = sent(get("/", "user-agent", "shop/1", "accept-encoding", "identity"));
        assertThat(told.header("User-Agent")).containsExactly("shop/1");
        assertThat(told.header("Accept-Encoding")).containsExactly("identity");
        assertThat(sent(get("/", "Range", "bytes=0-1")).header("Accept-Encoding"))
                .isEmpty();
    }

    @Test
    void a_caller_that_closes_the_connection_has_it_closed() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        exchange(peer(server), get("/", "Connection", "close"));
        exchange(peer(server), get("/"));
        assertThat(connectionsOf(server)).isEqualTo(List.of(0, 1));
        assertThat(server.requests().get(0).header("Connection")).containsExactly("close");
    }

    @ParameterizedTest
    @CsvSource({"X-Order, 10", "X-Order, 13", "X-Order, 0", "Cookie, 10", "Cookie, 0", "Host, 13"})
    void a_value_on_more_than_one_line_is_refused_by_name(String name, int character) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        assertThatThrownBy(() -> send(peer(server), get("/", name, "a=b" + (char) character + "X-Admin: yes")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("header " + name + " has character " + character
                        + " at 3 (expected: a value on one line; encode what comes from outside)");
        assertThat(server.connections())
                .as("refused before there is a connection")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-A\r\nX-B", "X-A: X-B", "X A", "", "X-A\u0000"})
    void a_header_whose_name_is_none_is_refused(String name) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        assertThatThrownBy(() -> send(peer(server), get("/", name, "yes")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ HTTP/1.1\r\nX-Admin: yes\r\n\r\n", "/a b", "/\u0000"})
    void a_target_that_cannot_stand_in_the_first_line_is_refused(String target) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        assertThatThrownBy(() -> send(peer(server), get(target)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("target");
    }
}
