package io.inmesh.samples.shop.inventory;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What lies on it never changes, so that every instance of inventory has the same. */
@Component
class Shelf {
    private final Map<String, Goods> goods =
            Map.of("tea", new Goods(new BigDecimal("4.20"), 900), "coffee", new Goods(new BigDecimal("7.50"), 300));

    record Goods(BigDecimal price, int pieces) {}

    Optional<Goods> find(String item) {
        return Optional.ofNullable(goods.get(item));
    }
}
