/**
 * The main job in one process: a client that reaches a service by name and loses nothing while its pods come and go. Start at {@link
 * io.inmesh.samples.quickstart.Main}; how an application uses inmesh is in {@link io.inmesh.samples.quickstart.GrpcOrders} and {@link
 * io.inmesh.samples.quickstart.HttpOrders}, everything else plays the cluster, makes load and counts.
 */
@NullMarked
package io.inmesh.samples.quickstart;

import org.jspecify.annotations.NullMarked;
