package io.inmesh.samples.shop.inventory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
class ItemController {
    private final Shelf shelf;
    private final String instance;

    ItemController(Shelf shelf, @Value("${inventory.instance}") String instance) {
        this.shelf = shelf;
        this.instance = instance;
    }

    @GetMapping("/items/{name}")
    Item item(@PathVariable String name) {
        return shelf.find(name)
                .map(goods -> new Item(name, goods.price(), instance))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no item " + name));
    }
}
