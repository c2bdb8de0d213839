package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call that is made and begun when its message is there, for the message says how. What is asked of it before is done then.
 *
 * <p>Threads: as gRPC demands, one caller at a time; {@code cancel} from any, and {@code request}, too.
 */
final class CallOnMessage<Q, R> extends ClientCall<Q, R> {
    private final Function<@Nullable Q, ClientCall<Q, R>> maker;

    /** Of whoever asked for the call, who may have cancelled it, and set its deadline. */
    private final Context context = Context.current();

    // Guarded by this.
    private final List<Consumer<ClientCall<Q, R>>> before = new ArrayList<>(2);
    private @Nullable Listener<R> listener;
    private @Nullable Metadata headers;
    private boolean over;

    /** Written once, under this; read by anyone. */
    private volatile @Nullable ClientCall<Q, R> call;

    CallOnMessage(Function<@Nullable Q, ClientCall<Q, R>> maker) {
        this.maker = maker;
    }

    @Override
    public synchronized void start(Listener<R> newListener, Metadata newHeaders) {
        if (listener != null || over) {
            throw new IllegalStateException(
                    over ? "the call was cancelled" : "the call was started before (expected: once)");
        }
        listener = newListener;
        headers = newHeaders;
    }

    @Override
    public void sendMessage(Q message) {
        ClientCall<Q, R> begun = begin(message);
        if (begun != null) {
            begun.sendMessage(message);
        }
    }

    /** Without a message, which is the caller's error: gRPC says so. */
    @Override
    public void halfClose() {
        ClientCall<Q, R> begun = begin(null);
        if (begun != null) {
            begun.halfClose();
        }
    }

    /** The call, begun now if it was not before; null if it is over before it began. */
    private @Nullable ClientCall<Q, R> begin(@Nullable Q message) {
        ClientCall<Q, R> begun = call;
        if (begun != null) {
            return begun;
        }
        synchronized (this) {
            if (over) {
                return null;
            }
        }
        ClientCall<Q, R> made = made(message);
        synchronized (this) {
            if (over) {
                return null;
            }
            if (listener == null || headers == null) {
                throw new IllegalStateException("the call was not started (expected: start, then the message)");
            }
            made.start(listener, headers);
            call = made; // Before the rest is done: whoever is called back meanwhile goes there himself.
            before.forEach(each -> each.accept(made));
            before.clear();
            return made;
        }
    }

    private ClientCall<Q, R> made(@Nullable Q message) {
        Context callers = context.attach();
        try {
            return maker.apply(message);
        } finally {
            context.detach(callers);
        }
    }

    @Override
    public void cancel(@Nullable String text, @Nullable Throwable cause) {
        Listener<R> told;
        synchronized (this) {
            if (over) {
                return;
            }
            over = call == null;
            told = listener;
        }
        ClientCall<Q, R> begun = call;
        if (begun != null) {
            begun.cancel(text, cause);
        } else if (told != null) {
            told.onClose(Status.CANCELLED.withDescription(text).withCause(cause), new Metadata());
        }
    }

    @Override
    public void request(int messages) {
        onceBegun(each -> each.request(messages));
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        onceBegun(each -> each.setMessageCompression(enabled));
    }

    private void onceBegun(Consumer<ClientCall<Q, R>> what) {
        synchronized (this) {
            if (call == null) {
                before.add(what);
                return;
            }
        }
        what.accept(begun());
    }

    private ClientCall<Q, R> begun() {
        ClientCall<Q, R> begun = call;
        if (begun == null) {
            throw new IllegalStateException("the call has no message yet");
        }
        return begun;
    }

    /** Whoever waits for this before he sends would wait for ever. */
    @Override
    public boolean isReady() {
        ClientCall<Q, R> begun = call;
        return begun == null || begun.isReady();
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<Q, R> begun = call;
        return begun == null ? Attributes.EMPTY : begun.getAttributes();
    }
}
