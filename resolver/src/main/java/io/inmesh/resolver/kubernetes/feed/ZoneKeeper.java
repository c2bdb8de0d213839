package io.inmesh.resolver.kubernetes.feed;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.NodeReader;
import io.inmesh.resolver.kubernetes.object.UnreadableException;
import io.inmesh.resolver.kubernetes.source.Right;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.SingleGet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the zone of one node by one read of it where that is allowed (rule T-10); labels of nodes are not watched. As long as the
 * read fails the zone counts as unknown, and nobody waits for it: it is evaluated when it becomes known (rule T-11). Where the right or the
 * label is missing it is asked for again from time to time, so that adding it takes no restart.
 *
 * <p>Threads: the lane, but for {@link #close()}, which may be called from anywhere.
 */
final class ZoneKeeper implements SingleGet.Result {
    private static final Logger log = LoggerFactory.getLogger(ZoneKeeper.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** How long until a zone that could not be had is asked for again. */
    static final Duration AGAIN = Duration.ofMinutes(5);

    private static final int FORBIDDEN = 403;
    private static final String HOW_TO_ALLOW =
            "add this role, and bind it with a ClusterRoleBinding to the client's service account:\n"
                    + Right.toGetNodes().role(List.of());

    private final String node;
    private final Feed<Optional<String>> feed;
    private final ListWatch.Place place;
    private final CancelSlot reading = new CancelSlot();
    private final CancelSlot again = new CancelSlot();

    private boolean said; // Touched on the lane only: people were told once that it is unknown.

    ZoneKeeper(String node, ListWatch.Place place, Feed<Optional<String>> feed) {
        this.node = node;
        this.place = place;
        this.feed = feed;
    }

    void start() {
        SingleGet get = new SingleGet("/api/v1/nodes/" + node, place, this);
        reading.put(get::close);
        get.start();
    }

    void close() {
        again.close();
        reading.close();
    }

    @Override
    public void onObjectOnLane(byte[] json) {
        try {
            NodeObject read = NodeReader.read(MAPPER.readTree(json));
            if (read.zone() == null) {
                unknown("the Node has no label " + NodeReader.ZONE_LABEL);
            } else {
                feed.found(Optional.of(read.zone()));
                feed.troubled(null);
            }
        } catch (IOException | UnreadableException e) {
            unknown("the answer cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void onRefusedOnLane(int status, String message) {
        String said =
                "reading the Node was answered with " + status + (message.isEmpty() ? "" : " saying '" + message + "'");
        unknown(status == FORBIDDEN ? said + "; to be allowed to, " + HOW_TO_ALLOW : said);
    }

    @Override
    public void onFailureOnLane() {
        feed.troubled(new Trouble(
                Reason.NOT_SYNCED,
                "zone of " + node,
                "Node " + node + " cannot be read, so its zone is not known yet; it is asked for again"));
    }

    private void unknown(String why) {
        if (!said) {
            said = true;
            log.info(
                    "the zone of node {} is not known, so hints for zones are not followed; set inmesh.kubernetes.zone or"
                            + " environment NODE_ZONE, or let the Node tell it: {}",
                    node,
                    why);
        }
        feed.found(Optional.empty());
        feed.troubled(null);
        again.put(place.scheduler().schedule(this::start, AGAIN));
    }
}
