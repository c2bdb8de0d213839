package io.inmesh.spring.http.blocking;

import io.inmesh.spring.http.Sending;
import io.inmesh.spring.http.wire.Transmission;
import java.io.IOException;
import java.io.OutputStream;
import org.springframework.http.StreamingHttpOutputMessage;

/** An attempt of a blocking caller, which writes the body itself. */
final class BlockingSending extends Sending {
    private final Transmission transmission = new Transmission();

    Transmission transmission() {
        return transmission;
    }

    @Override
    public boolean isSent() {
        return transmission.hasBegun();
    }

    /** The same body, watched. */
    StreamingHttpOutputMessage.Body watched(StreamingHttpOutputMessage.Body body) {
        return new StreamingHttpOutputMessage.Body() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                bodyBegun();
                body.writeTo(out);
            }

            @Override
            public boolean repeatable() {
                return body.repeatable();
            }
        };
    }
}
