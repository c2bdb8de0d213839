package io.inmesh.spring.http;

import io.inmesh.api.Outcome.Delivery;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.StreamingHttpOutputMessage;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;

/**
 * What is known of one attempt's way to the peer: the proof, if there is one, that nothing was sent. Nothing was if no byte was ever
 * handed to an open connection after the request had been given one; a connection that the peer closed while it was idle is the usual case.
 *
 * <p>Written by the event loop and by the thread that writes the body, read by the requesting thread after the attempt has failed.
 */
final class Sending {
    private static final Logger log = LoggerFactory.getLogger(Sending.class);
    private static final AttributeKey<Sending> CURRENT = AttributeKey.valueOf(Sending.class, "current");

    private volatile boolean sent;
    private volatile boolean cancelled;
    private volatile @Nullable Connection exchanging;

    /** The connection itself, which outlasts what is exchanged on it. */
    private volatile @Nullable Channel carrier;

    private volatile boolean bodyBegun;
    private volatile @Nullable Throwable bodyFailure;

    /** The connection carries this attempt from now on. On its event loop. */
    void carriedBy(Connection connection) {
        Channel channel = connection.channel();
        channel.attr(CURRENT).set(this);
        exchanging = connection;
        carrier = channel;
        if (cancelled) {
            close(channel); // Taken back before it had a connection.
        }
    }

    /** The whole answer is here: the connection is about to carry another attempt. On its event loop. */
    void leaves() {
        Channel channel = carrier;
        if (channel != null) {
            channel.attr(CURRENT).compareAndSet(this, null);
        }
    }

    /**
     * Closes the connection that carries this attempt, or will: what was sent is taken back, and whoever waits for the answer waits no more. Once the
     * connection carries another one it is left alone.
     */
    void cancel() {
        cancelled = true;
        Channel channel = carrier;
        if (channel == null) {
            return;
        }
        if (channel.eventLoop().inEventLoop()) {
            close(channel);
            return;
        }
        try {
            channel.eventLoop().execute(() -> close(channel));
        } catch (RejectedExecutionException e) {
            log.debug("{} ends with the HTTP client", channel, e);
        }
    }

    /** On the event loop, where one attempt follows the other. */
    private void close(Channel channel) {
        if (channel.attr(CURRENT).get() == this) {
            ChannelFuture unused = channel.close(); // Whoever waits for the answer hears of it.
        }
    }

    /** The body of the answer that this attempt got, to be subscribed to once and by nobody else; its parts are released by themselves. */
    ByteBufFlux answersBody() {
        return Objects.requireNonNull(exchanging, "exchanging").inbound().receive();
    }

    /** The same body, watched. */
    StreamingHttpOutputMessage.Body watched(StreamingHttpOutputMessage.Body body) {
        return new StreamingHttpOutputMessage.Body() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                bodyBegun = true;
                try {
                    body.writeTo(out);
                } catch (IOException | RuntimeException e) {
                    bodyFailure = e;
                    throw e;
                }
            }

            @Override
            public boolean repeatable() {
                return body.repeatable();
            }
        };
    }

    /** The body is being written. */
    void bodyBegun() {
        bodyBegun = true;
    }

    /** The body could not be told: no endpoint is to blame. */
    void bodyFailed(Throwable error) {
        bodyFailure = error;
    }

    /**
     * What the endpoint may have seen.
     *
     * @param repeatable whether the request's body, if it has one, can be written again: one that was begun and cannot counts as sent, for it
     *     cannot be sent elsewhere
     */
    Delivery delivery(boolean repeatable) {
        return sent || (bodyBegun && !repeatable) ? Delivery.SENT : Delivery.NOT_SENT;
    }

    /** What the body's writer threw, or null. May be the cause of a failed attempt, or the consequence of one. */
    @Nullable
    Throwable bodyFailure() {
        return bodyFailure;
    }

    /** Sits next to the socket and notes the first bytes. */
    @Sharable
    static final class Witness extends ChannelOutboundHandlerAdapter {
        static final Witness INSTANCE = new Witness();

        private Witness() {}

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            Sending sending = context.channel().attr(CURRENT).get();
            if (sending != null && context.channel().isActive()) {
                sending.sent = true;
            }
            super.write(context, message, promise);
        }
    }
}
