package io.inmesh.samples.shop.inventory;

import java.math.BigDecimal;

/**
 * An item and its price.
 *
 * @param instance which instance of inventory answered
 */
public record Item(String name, BigDecimal price, String instance) {}
