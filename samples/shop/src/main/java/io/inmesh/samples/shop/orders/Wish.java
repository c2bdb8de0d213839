package io.inmesh.samples.shop.orders;

/** What a customer asks for. */
public record Wish(String item, int pieces) {}
