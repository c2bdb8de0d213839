package io.inmesh.samples.benchmarks.cluster;

import com.fasterxml.jackson.core.JsonParser;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.Json;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ReadObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServiceReader;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceReader;
import io.inmesh.resolver.kubernetes.rule.Answer;
import io.inmesh.resolver.kubernetes.rule.Recollection;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.SliceContributions;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The large service as the resolver keeps it in memory: its slices, and the set they make, with what is kept to make the next one.
 *
 * <p>Threads: one.
 */
final class KnownSlices implements Known {
    private static final ObjectName NAME = new ObjectName("shop", "orders");

    private final SliceContributions slices = new SliceContributions();
    private final ServiceObject service = service();
    private final ServiceQuestion question =
            new ServiceQuestion(new Wanted(NAME, null, "http", Protocol.TCP), WatchedService.RULES);
    private final Recollection recollection = new Recollection();
    private long version;

    private KnownSlices() {}

    /** All slices of the first generation, read by one reader as from one watch. */
    static KnownSlices read() {
        KnownSlices known = new KnownSlices();
        SliceReader reader = new SliceReader();
        for (int slice = 0; slice < LargeService.SLICES; slice++) {
            known.slices.put(slice(reader, slice, 0));
        }
        return known;
    }

    /** Takes a slice as the next change that is heard of. */
    void put(Slice next) {
        version++;
        slices.put(new Slice(
                next.id(),
                Long.toString(version),
                next.service(),
                next.family(),
                next.ports(),
                next.endpoints(),
                next.triggered()));
    }

    /** The set that the slices make now. */
    EndpointSet resolve() {
        Answer.Found found = (Answer.Found) question.answer(this, recollection).result();
        if (found == null) {
            throw new IllegalStateException("the service is known, and there is no answer");
        }
        return new EndpointSet(found.facts(), version, found.endpoints(), found.words(), false, null);
    }

    @Override
    @SuppressWarnings("unchecked") // The case settles the parameter.
    public <T> Finding<T> ask(Source<T> source) {
        if (source instanceof Source.OneService) {
            return (Finding<T>) Finding.of(Optional.of(service));
        }
        if (source instanceof Source.SlicesOf) {
            return (Finding<T>) Finding.of(slices.of(NAME));
        }
        throw new IllegalStateException(source + " (expected: nothing but the service and its slices)");
    }

    @Override
    public <T> @Nullable T before(Source<T> source) {
        return null; // No source ever takes another's place.
    }

    @Override
    public boolean mayWait() {
        return false; // All is known.
    }

    static Slice slice(SliceReader reader, int slice, int generation) {
        byte[] json = LargeService.slice(slice, generation, 0).getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = Json.parser(json, 0, json.length)) {
            parser.nextToken();
            return reduced(reader.read(parser));
        } catch (IOException e) {
            throw new UncheckedIOException("a slice written here cannot be read here", e);
        }
    }

    /** What was written here can be read here. */
    static Slice reduced(ReadObject<Slice> read) {
        if (read instanceof ReadObject.Reduced<Slice> slice) {
            return slice.object();
        }
        throw new IllegalStateException(read + " (expected: a slice that says what its API allows)");
    }

    private static ServiceObject service() {
        byte[] list = LargeService.serviceList();
        try (JsonParser parser = Json.parser(list, 0, list.length)) {
            return ServiceReader.read(Json.tree(parser).path("items").path(0));
        } catch (IOException e) {
            throw new UncheckedIOException("a service written here cannot be read here", e);
        }
    }
}
