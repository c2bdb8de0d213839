package io.inmesh.samples.shop.inventory;

import io.grpc.stub.StreamObserver;
import io.inmesh.samples.shop.inventory.api.InventoryGrpc;
import io.inmesh.samples.shop.inventory.api.StockReply;
import io.inmesh.samples.shop.inventory.api.StockRequest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.grpc.server.service.GrpcService;

@GrpcService
class StockService extends InventoryGrpc.InventoryImplBase {
    private final Shelf shelf;
    private final String instance;

    StockService(Shelf shelf, @Value("${inventory.instance}") String instance) {
        this.shelf = shelf;
        this.instance = instance;
    }

    @Override
    public void stock(StockRequest request, StreamObserver<StockReply> answer) {
        answer.onNext(StockReply.newBuilder()
                .setPieces(
                        shelf.find(request.getItem()).map(Shelf.Goods::pieces).orElse(0))
                .setInstance(instance)
                .build());
        answer.onCompleted();
    }
}
