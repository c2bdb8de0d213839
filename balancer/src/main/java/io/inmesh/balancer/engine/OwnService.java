package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.Unresolved;
import io.inmesh.balancer.stage.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The caller's own service, for stages that go by the other callers: who they are, and which of them is this process. Watched like any target,
 * while a balancer asks for it and no longer.
 *
 * <p>Threads: any; users hear of changes on the resolver's thread.
 */
public final class OwnService implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnService.class);

    private final @Nullable Supplier<Resolver> resolvers;
    private final Identity identity;
    private final List<Runnable> users = new CopyOnWriteArrayList<>();

    // Guarded by this.
    private @Nullable Resolver resolver;
    private boolean said;

    /** Whether it was said that this process is not among its peers. Touched by the resolver's calls alone, which come one by one. */
    private boolean rankMissed;

    private boolean closed;

    /** Whether whoever asks need not wait for an answer. Written by the resolver's calls and by starts and leaves, read by whoever asks. */
    private volatile boolean answered;

    /** Written by the resolver's calls and by the last user's leave, read by every arrangement. */
    private volatile Peers peers = Peers.UNKNOWN;

    /**
     * By what this process is found among the endpoints of its service.
     *
     * @param pod the pod's name if it is known for certain, or null
     * @param host what may be the pod's name, or that of its node, or null
     * @param addresses the addresses it may have
     */
    public record Identity(@Nullable String pod, @Nullable String host, Set<String> addresses) {
        /** Copies the addresses. */
        public Identity {
            addresses = Set.copyOf(addresses);
        }

        /** The pod's name from {@code POD_NAME}; {@code HOSTNAME}, which is the same unless the pod says otherwise; the machine's address. */
        public static Identity ofThisProcess(Map<String, String> environment) {
            return new Identity(environment.get("POD_NAME"), environment.get("HOSTNAME"), Set.of(OwnAddress.find()));
        }

        /** The pod's name decides where it is known for certain on both sides, else what may be its name, or an address. */
        boolean isOf(Endpoint endpoint) {
            if (pod != null && endpoint.pod() != null) {
                return pod.equals(endpoint.pod());
            }
            return (host != null && host.equals(endpoint.pod())) || addresses.contains(endpoint.host());
        }
    }

    /** Held while peers are asked for. */
    public interface Use extends AutoCloseable {
        @Override
        void close();
    }

    /** Of resolvers that are made when somebody asks; null if it is not known which service is the own one. */
    public OwnService(@Nullable Supplier<Resolver> resolvers, Identity identity) {
        this.resolvers = resolvers;
        this.identity = identity;
    }

    /** Who is known now. */
    public Peers peers() {
        return peers;
    }

    /** True if something was heard since somebody asked, or nothing can be. */
    public boolean isAnswered() {
        return answered;
    }

    /** Watches from now on, until the use is closed; that runs at each change. */
    public Use use(Runnable changed) {
        users.add(changed);
        start();
        return () -> {
            if (users.remove(changed)) {
                stopIfUnused();
            }
        };
    }

    private synchronized void start() {
        if (closed || resolver != null) {
            return;
        }
        if (resolvers == null) {
            answered = true;
            if (!said) {
                said = true;
                log.info("the own service is not known, so zone-aware balancing is off and subsets are random;"
                        + " name it by inmesh.self.service or Mesh.builder().self(...)");
            }
            return;
        }
        try {
            resolver = resolvers.get();
        } catch (RuntimeException e) {
            // Nothing is known of the peers, which every stage can do without; the next one who asks tries again.
            answered = true;
            log.warn("the own service cannot be watched: {}", e.getMessage());
            return;
        }
        resolver.start(new Resolver.Listener() {
            @Override
            public void onUpdate(EndpointSet set) {
                Peers now = peersIn(set);
                sayIfMissed(now, set);
                became(now);
            }

            @Override
            public void onUnresolved(Unresolved unresolved) {
                if (unresolved.reason().replacesKnownSet()) {
                    log.warn("the own service: {}", unresolved);
                    became(Peers.UNKNOWN);
                } else if (unresolved.reason() == Reason.FORBIDDEN) {
                    became(peers); // Nothing more will come for a while.
                }
            }
        });
    }

    /** Once: a pod that starts is not among the usable ones for a while. */
    private void sayIfMissed(Peers now, EndpointSet set) {
        if (!now.hasRank() && !rankMissed) {
            rankMissed = true;
            log.info(
                    "this process is not among the {} usable endpoints of its own service {}, so subsets are random until it is;"
                            + " looked for pod {} and addresses {}",
                    now.endpoints().size(),
                    set.facts().key().describe(),
                    identity.pod(),
                    identity.addresses());
        }
    }

    private void became(Peers now) {
        boolean first = !answered;
        answered = true;
        if (first || !now.equals(peers)) {
            peers = now;
            users.forEach(Runnable::run);
        }
    }

    /** Draining peers still send requests, but their ranks are about to go; those that are not ready send none yet. */
    private Peers peersIn(EndpointSet set) {
        List<Endpoint> usable = new ArrayList<>();
        int rank = Peers.NO_RANK;
        for (Endpoint endpoint : set.endpoints()) {
            if (endpoint.usability().isUsable()) {
                if (identity.isOf(endpoint)) {
                    rank = usable.size();
                }
                usable.add(endpoint);
            }
        }
        return new Peers(usable, rank);
    }

    private synchronized void stopIfUnused() {
        if (users.isEmpty() && resolver != null) {
            resolver.close();
            resolver = null;
            answered = false;
            peers = Peers.UNKNOWN;
        }
    }

    /** Watches no more, whoever still asks. */
    @Override
    public synchronized void close() {
        closed = true;
        if (resolver != null) {
            resolver.close();
            resolver = null;
        }
    }
}
