package io.inmesh.samples.quickstart;

/** What things are counted by: a pod and the door its requests came through. */
record PodPort(String pod, Door door) {}
