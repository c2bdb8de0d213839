package example;

import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.GetMapping;

@FeignClient("orders")
interface Orders {
    @GetMapping("/orders")
    String all();
}
