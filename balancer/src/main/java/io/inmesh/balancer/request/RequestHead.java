package io.inmesh.balancer.request;

import io.inmesh.balancer.config.RequestPart;
import java.util.List;

/** What a door knows of a request before it is placed. */
public interface RequestHead {

    /** The values of a header, in their order; empty if there is none. The name is lower case, as in {@link RequestPart}. */
    List<String> headers(String name);

    /** As {@link RequestPart.Kind#PATH} says. */
    String path();

    /** As {@link RequestPart.Kind#METHOD} says. */
    String method();
}
