package io.inmesh.resolver.kubernetes.rule;

/**
 * How this client resolves, whatever it is asked for.
 *
 * @param place where it runs
 * @param hints which hints it follows
 * @param headlessHints which hints it follows for headless services (rule T-12)
 * @param source where endpoints are read from (rule E-2)
 * @param weighted whether pods tell weights
 * @param clusterDomain the domain under which the cluster's names end (rule N-6)
 */
public record ClientRules(
        ClientPlace place,
        HintUse hints,
        HintUse headlessHints,
        SourceChoice source,
        boolean weighted,
        String clusterDomain) {}
