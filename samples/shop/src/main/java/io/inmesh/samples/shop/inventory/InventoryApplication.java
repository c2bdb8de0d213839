package io.inmesh.samples.shop.inventory;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Knows items and how many of them there are. */
@SpringBootApplication
public class InventoryApplication {

    /** The application as {@code inventory.yaml} has it, not yet started. */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(InventoryApplication.class).properties("spring.config.name=inventory");
    }

    public static void main(String[] args) {
        application().run(args);
    }
}
