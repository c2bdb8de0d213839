package io.inmesh.samples.shop.orders;

import io.inmesh.samples.shop.inventory.Item;
import io.inmesh.samples.shop.inventory.api.InventoryGrpc.InventoryBlockingStub;
import io.inmesh.samples.shop.inventory.api.StockReply;
import io.inmesh.samples.shop.inventory.api.StockRequest;
import java.math.BigDecimal;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.server.ResponseStatusException;

@RestController
class OrdersController {
    private final Items items;
    private final InventoryBlockingStub inventory;

    OrdersController(Items items, InventoryBlockingStub inventory) {
        this.items = items;
        this.inventory = inventory;
    }

    @PostMapping("/orders")
    @ResponseStatus(HttpStatus.CREATED)
    Receipt place(@RequestBody Wish wish) {
        Item item = items.item(wish.item());
        StockReply stock =
                inventory.stock(StockRequest.newBuilder().setItem(wish.item()).build());
        if (stock.getPieces() < wish.pieces()) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "only " + stock.getPieces() + " of " + wish.item());
        }
        BigDecimal total = item.price().multiply(BigDecimal.valueOf(wish.pieces()));
        return new Receipt(wish.item(), wish.pieces(), total, item.instance(), stock.getInstance());
    }

    @ExceptionHandler(HttpClientErrorException.NotFound.class)
    @ResponseStatus(HttpStatus.NOT_FOUND)
    void unknownItem() {
        // Inventory has no such item: neither have we.
    }
}
