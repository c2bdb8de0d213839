package io.inmesh.samples.shop.orders;

import java.math.BigDecimal;

/**
 * What a customer gets for an order.
 *
 * @param pricedBy the instance of inventory that answered by REST
 * @param countedBy the one that answered by gRPC
 */
public record Receipt(String item, int pieces, BigDecimal total, String pricedBy, String countedBy) {}
