package io.inmesh.samples.benchmarks.peers;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.dubbo.common.URL;
import org.apache.dubbo.rpc.Invocation;
import org.apache.dubbo.rpc.Invoker;
import org.apache.dubbo.rpc.Result;
import org.apache.dubbo.rpc.RpcInvocation;
import org.apache.dubbo.rpc.RpcStatus;
import org.apache.dubbo.rpc.cluster.LoadBalance;
import org.apache.dubbo.rpc.model.ApplicationModel;
import org.apache.dubbo.rpc.model.FrameworkModel;

/** Dubbo's load balances. A cycle counts the request as Dubbo's own filter for active requests does. */
final class DubboContender implements Contender {
    private static final String METHOD = "place";

    private final LoadBalance balance;
    private final URL url = url("orders");
    private final List<Invoker<Runnable>> invokers;
    private final Invocation[] invocations;

    DubboContender(String policy, int endpoints) {
        balance = ApplicationModel.defaultModel()
                .getExtensionLoader(LoadBalance.class)
                .getExtension(policy);
        invokers = IntStream.range(0, endpoints)
                .<Invoker<Runnable>>mapToObj(i -> new Named(url("pod-" + i)))
                .toList();
        invocations =
                IntStream.range(0, Turn.KEYS).mapToObj(i -> call(Turn.key(i))).toArray(Invocation[]::new);
    }

    private static Invocation call(String key) {
        // No model of the service: load balances read the method, the interface and the arguments.
        return new RpcInvocation(null, METHOD, "Orders", "Orders", new Class<?>[] {String.class}, new Object[] {key});
    }

    private static URL url(String host) {
        return URL.valueOf("tri://" + host + ":8080/Orders");
    }

    @Override
    public Object choose(Turn turn) {
        return balance.select(invokers, url, invocations[turn.next()]);
    }

    @Override
    public Object cycle(Turn turn) {
        Invoker<Runnable> invoker = balance.select(invokers, url, invocations[turn.next()]);
        RpcStatus.beginCount(invoker.getUrl(), METHOD);
        RpcStatus.endCount(invoker.getUrl(), METHOD, 1, true);
        return invoker;
    }

    @Override
    public void close() {
        FrameworkModel.destroyAll();
    }

    /** An endpoint that is chosen and never called. */
    private record Named(URL url) implements Invoker<Runnable> {
        @Override
        public Class<Runnable> getInterface() {
            return Runnable.class;
        }

        @Override
        public Result invoke(Invocation invocation) {
            throw new UnsupportedOperationException("nothing is called here");
        }

        @Override
        public URL getUrl() {
            return url;
        }

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public void destroy() {
            // Nothing is open.
        }
    }
}
