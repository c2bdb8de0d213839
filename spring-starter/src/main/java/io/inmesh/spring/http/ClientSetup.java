package io.inmesh.spring.http;

import java.util.function.UnaryOperator;
import org.springframework.boot.http.client.HttpClientSettings;
import reactor.netty.http.client.HttpClient;

/**
 * How the client for hosts of ours is set up; those of equal setup share one, with its connections.
 *
 * @param settings Boot's, for whatever client
 * @param customizer what the application changes of its Reactor Netty client, if it has one: the same object for all builders that come of one
 */
record ClientSetup(HttpClientSettings settings, UnaryOperator<HttpClient> customizer) {}
