package io.inmesh.samples.shop.orders;

import io.inmesh.samples.shop.inventory.Item;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.service.annotation.GetExchange;

/** The REST side of inventory. */
interface Items {

    @GetExchange("/items/{name}")
    Item item(@PathVariable String name);
}
