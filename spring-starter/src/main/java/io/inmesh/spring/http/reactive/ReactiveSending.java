package io.inmesh.spring.http.reactive;

import io.inmesh.spring.http.Sending;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.AttributeKey;
import reactor.netty.Connection;

/** An attempt on a connection of Reactor Netty. Written by its event loop. */
final class ReactiveSending extends Sending {
    private static final AttributeKey<ReactiveSending> CURRENT = AttributeKey.valueOf(ReactiveSending.class, "current");

    private volatile boolean sent;

    /** The connection carries this attempt from now on. On its event loop. */
    void carriedBy(Connection connection) {
        connection.channel().attr(CURRENT).set(this);
    }

    /** The whole answer is here: the connection is about to carry another attempt. On its event loop. */
    void leaves(Connection connection) {
        connection.channel().attr(CURRENT).compareAndSet(this, null);
    }

    @Override
    public boolean isSent() {
        return sent;
    }

    /** Sits next to the socket and notes the first bytes. */
    @Sharable
    static final class Witness extends ChannelOutboundHandlerAdapter {
        static final Witness INSTANCE = new Witness();

        private Witness() {}

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            ReactiveSending sending = context.channel().attr(CURRENT).get();
            if (sending != null && context.channel().isActive()) {
                sending.sent = true;
            }
            super.write(context, message, promise);
        }
    }
}
