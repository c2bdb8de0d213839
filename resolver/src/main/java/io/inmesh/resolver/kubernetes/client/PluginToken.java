package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.client.CredentialPlugin.Credential;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The token of a credential plugin, which is run again shortly before that is over. One that the server refuses sooner is no matter of this: the client is
 * built anew then, and with it this.
 *
 * <p>Threads: any; the first that finds it over runs the plugin, and others wait.
 */
final class PluginToken implements Authorization {
    /** The clocks of this machine and the server may differ, and a request is on its way for a moment. */
    private static final Duration EARLY = Duration.ofSeconds(10);

    private final CredentialPlugin plugin;
    private final InstantSource clock;

    private Credential known; // Guarded by this.

    /** Begins with what the plugin gave. */
    PluginToken(CredentialPlugin plugin, Credential known, InstantSource clock) {
        this.plugin = plugin;
        this.known = known;
        this.clock = clock;
    }

    @Override
    public synchronized @Nullable String header() {
        Instant expires = known.expires();
        if (expires != null && !clock.instant().plus(EARLY).isBefore(expires)) {
            known = plugin.run();
        }
        return Authorization.bearer(known.token() == null ? null : known.token().strip());
    }
}
