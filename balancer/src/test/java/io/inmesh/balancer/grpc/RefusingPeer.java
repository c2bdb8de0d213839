package io.inmesh.balancer.grpc;

import io.inmesh.api.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that takes HTTP/2 connections and processes no stream, and says so in one of the two ways that there are. */
final class RefusingPeer {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicInteger streams = new AtomicInteger();
    private final Channel listening;

    /** How it refuses. */
    enum Way {
        /** Each stream by its own: RST_STREAM with REFUSED_STREAM. */
        STREAM,
        /** All of a connection: GOAWAY with 0 as the last stream that was processed. */
        CONNECTION
    }

    private RefusingPeer(Way way) throws InterruptedException {
        listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Http2FrameCodec codec =
                                Http2FrameCodecBuilder.forServer().build();
                        channel.pipeline().addLast(codec, new Refusing(way, codec));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    static RefusingPeer by(Way way) throws InterruptedException {
        return new RefusingPeer(way);
    }

    private final class Refusing extends ChannelInboundHandlerAdapter {
        private final Way way;
        private final Http2FrameCodec codec;

        private Refusing(Way way, Http2FrameCodec codec) {
            this.way = way;
            this.codec = codec;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2HeadersFrame headers) {
                streams.incrementAndGet();
                if (way == Way.STREAM) {
                    Object unused = context.writeAndFlush(
                            new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM).stream(headers.stream()));
                } else {
                    ChannelHandlerContext ofCodec = context.pipeline().context(codec);
                    Object unused = codec.encoder()
                            .frameWriter()
                            .writeGoAway(
                                    ofCodec,
                                    0,
                                    Http2Error.NO_ERROR.code(),
                                    Unpooled.EMPTY_BUFFER,
                                    ofCodec.newPromise());
                    ofCodec.flush();
                }
            }
            ReferenceCountUtil.release(frame);
        }
    }

    Endpoint endpoint() {
        return Endpoint.of("127.0.0.1", ((InetSocketAddress) listening.localAddress()).getPort());
    }

    /** How many streams were begun. */
    int streams() {
        return streams.get();
    }

    void close() {
        Object unused = listening.close();
        unused = group.shutdownGracefully();
    }
}
