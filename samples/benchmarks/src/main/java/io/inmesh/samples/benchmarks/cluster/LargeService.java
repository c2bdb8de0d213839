package io.inmesh.samples.benchmarks.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The objects of one service, as an API server writes them: 10,000 pods in 100 slices on 500 nodes in 3 zones. Which pod an endpoint is
 * depends on its generation: the next one is a new pod at a new address on another node, as a rolling update makes them.
 */
final class LargeService {
    /** How to reach it. */
    static final String TARGET = "k8s:///orders.shop:http";

    static final int SLICES = 100;
    static final int ENDPOINTS_PER_SLICE = 100;
    static final int ENDPOINTS = SLICES * ENDPOINTS_PER_SLICE;

    /** What the names of pods begin with of which {@link #changedLine} told. */
    static final String CHANGED_POD = "orders-changed-";

    private static final int NODES = 500;
    private static final int ZONES = 3;
    private static final long MIX = 0x9E3779B97F4A7C15L; // Spreads numbers over all bits (2^64 / golden ratio).
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789"; // What pod names are made of.

    private LargeService() {}

    static byte[] serviceList() {
        return bytes("""
                {"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1000"},"items":[
                {"metadata":{"name":"orders","namespace":"shop","uid":"5e9d9d1c-7a42-4b0c-9d9e-2f6a3c1b8e77",\
                "resourceVersion":"900","creationTimestamp":"2026-01-05T10:00:00Z"},\
                "spec":{"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080}],\
                "selector":{"app":"orders"},"clusterIP":"10.96.14.7","clusterIPs":["10.96.14.7"],"type":"ClusterIP",\
                "ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","internalTrafficPolicy":"Cluster"}}]}""");
    }

    static byte[] sliceList() {
        StringBuilder list = new StringBuilder("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\","
                + "\"metadata\":{\"resourceVersion\":\"1000\"},\"items\":[");
        for (int slice = 0; slice < SLICES; slice++) {
            list.append(slice == 0 ? "" : ",").append(slice(slice, 0, 1000));
        }
        return bytes(list.append("]}").toString());
    }

    /** The line of a watch that tells of a change in the middle of a slice: of another pod, whose name ends with the version. */
    static byte[] changedLine(int slice, int generation, long version) {
        int pod = slice * ENDPOINTS_PER_SLICE + ENDPOINTS_PER_SLICE / 2 + generation * ENDPOINTS;
        String json = slice(slice, generation, version).replace(podName(pod), CHANGED_POD + version);
        return bytes("{\"type\":\"MODIFIED\",\"object\":" + json + "}\n");
    }

    /** One slice; its middle endpoint is of that generation, all others are of the first. */
    static String slice(int slice, int generation, long version) {
        StringBuilder json = new StringBuilder("{\"kind\":\"EndpointSlice\",\"apiVersion\":\"discovery.k8s.io/v1\",")
                .append("\"metadata\":{\"name\":\"orders-")
                .append(letters(slice, 5))
                .append("\",\"generateName\":\"orders-\",\"namespace\":\"shop\",\"uid\":\"")
                .append(uid(-slice - 1))
                .append("\",\"resourceVersion\":\"")
                .append(version)
                .append(
                        "\",\"generation\":7,\"creationTimestamp\":\"2026-01-05T10:00:00Z\",\"labels\":{\"app\":\"orders\",")
                .append("\"endpointslice.kubernetes.io/managed-by\":\"endpointslice-controller.k8s.io\",")
                .append("\"kubernetes.io/service-name\":\"orders\"},\"annotations\":{")
                .append("\"endpoints.kubernetes.io/last-change-trigger-time\":\"2026-01-05T10:00:00Z\"},")
                .append("\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"name\":\"orders\",")
                .append("\"uid\":\"5e9d9d1c-7a42-4b0c-9d9e-2f6a3c1b8e77\",\"controller\":true}]},")
                .append("\"addressType\":\"IPv4\",\"endpoints\":[");
        for (int i = 0; i < ENDPOINTS_PER_SLICE; i++) {
            boolean changed = i == ENDPOINTS_PER_SLICE / 2;
            int pod = slice * ENDPOINTS_PER_SLICE + i + (changed ? generation * ENDPOINTS : 0);
            endpoint(pod, json.append(i == 0 ? "" : ","));
        }
        return json.append("],\"ports\":[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"}]}")
                .toString();
    }

    /** A pod's address, name and uid follow from its number, in no order: slices are not sorted by address either. */
    private static void endpoint(int pod, StringBuilder json) {
        int place = pod * 7919 & 0xFFFFFF; // Odd, so no two pods share one.
        int node = Math.floorMod(pod * 31, NODES);
        json.append("{\"addresses\":[\"10.")
                .append(place >> 16)
                .append('.')
                .append(place >> 8 & 255)
                .append('.')
                .append(place & 255)
                .append(
                        "\"],\"conditions\":{\"ready\":true,\"serving\":true,\"terminating\":false},\"nodeName\":\"ip-10-0-")
                .append(node >> 8)
                .append('-')
                .append(node & 255)
                .append(".eu-central-1.compute.internal\",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"")
                .append(podName(pod))
                .append("\",\"namespace\":\"shop\",\"uid\":\"")
                .append(uid(pod))
                .append("\"},\"zone\":\"eu-central-1")
                .append((char) ('a' + node % ZONES))
                .append("\"}");
    }

    private static String podName(int pod) {
        return "orders-7c9d8b6f4-" + letters(pod, 5);
    }

    private static String letters(int number, int count) {
        StringBuilder text = new StringBuilder();
        long rest = ((number + 1) * MIX) >>> 16;
        for (int i = 0; i < count; i++) {
            text.append(LETTERS.charAt((int) (rest % LETTERS.length())));
            rest /= LETTERS.length();
        }
        return text.toString();
    }

    private static String uid(int number) {
        long mixed = (number + 1) * MIX;
        return String.format(
                Locale.ROOT,
                "%08x-%04x-4%03x-9%03x-%012x",
                mixed >>> 32,
                mixed >>> 16 & 0xFFFF,
                mixed & 0xFFF,
                mixed >>> 12 & 0xFFF,
                number & 0xFFFFFFFFL);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
