package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The aliases that led from what was asked for to where it is looked for now (rule X-2). A value; the beginning has no steps.
 *
 * @param asked what the caller wants
 * @param steps what each alias followed so far made of it
 */
public record AliasChain(Wanted asked, List<Wanted> steps) {

    public AliasChain {
        steps = List.copyOf(steps);
    }

    /** No alias yet. */
    public static AliasChain from(Wanted asked) {
        return new AliasChain(asked, List.of());
    }

    /** The Service to look at now. */
    public Wanted current() {
        return steps.isEmpty() ? asked : steps.get(steps.size() - 1);
    }

    /** The name that certificates and virtual hosts at the end of the chain may go by, rather than by that of the caller (rule X-5). */
    public String finalName(String clusterDomain) {
        return current().name() + "." + current().service().namespace() + ".svc." + clusterDomain;
    }

    /** The same refusal, with the chain that led to it. */
    public Unresolved explain(Unresolved unresolved) {
        return steps.isEmpty()
                ? unresolved
                : new Unresolved(
                        unresolved.reason(),
                        asked.describe() + ": " + unresolved.text() + " (reached through the aliases " + describe()
                                + ")");
    }

    /** For people: {@code shop.prod -> shop.test}. */
    public String describe() {
        return names().stream().map(AliasChain::name).collect(Collectors.joining(" -> "));
    }

    AliasChain then(Wanted next) {
        List<Wanted> more = new ArrayList<>(steps);
        more.add(next);
        return new AliasChain(asked, more);
    }

    boolean contains(ObjectName service) {
        return names().contains(service);
    }

    private List<ObjectName> names() {
        List<ObjectName> names = new ArrayList<>(List.of(asked.service()));
        steps.forEach(step -> names.add(step.service()));
        return names;
    }

    static String name(ObjectName service) {
        return service.name() + "." + service.namespace();
    }
}
