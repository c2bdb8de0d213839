package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.PodsTarget;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Asks for a port of the pods that a selector matches (group I).
 *
 * @param target what was typed
 * @param namespace its namespace, or the client's own
 * @param rules how this client resolves
 */
public record PodQuestion(PodsTarget target, String namespace, ClientRules rules) implements Question {

    @Override
    public String describe() {
        return about() + (target.port() == null ? ", no port given" : ", port " + target.port());
    }

    @Override
    public String about() {
        return "pods '" + target.selector() + "' in namespace " + namespace;
    }

    @Override
    public NavigableMap<String, String> terms() {
        NavigableMap<String, String> terms = rules.terms();
        terms.put("target", target.withoutParameters().toString()); // Its sets are named by it.
        terms.put("pods", target.selector());
        terms.put("namespace", namespace);
        if (target.port() != null) {
            terms.put("port", target.port());
        }
        terms.put("protocol", target.protocol().name());
        return terms;
    }

    @Override
    public Answer answer(Known known, Recollection recollection) {
        Inquiry inquiry = new Inquiry(known, recollection, where -> List.of());
        List<PodObject> pods = inquiry.value(new Source.PodsBy(namespace, target.selector()));
        return inquiry.answer(pods == null ? null : result(pods, inquiry));
    }

    private Answer.Result result(List<PodObject> pods, Inquiry inquiry) {
        String outside = rules.place().outside();
        if (outside != null) { // S-20
            return new Answer.None(new Unresolved(
                    Reason.UNREACHABLE,
                    describe()
                            + ": pod addresses can be reached from inside the cluster's network only, and this client is"
                            + " taken to be outside (" + outside
                            + "); if they are routable from here, say so with inmesh.kubernetes.network=inside"
                            + " (environment INMESH_KUBERNETES_NETWORK=inside)"));
        }
        Map<AddressFamily, PodRules.Answer> answers = new EnumMap<>(AddressFamily.class);
        AddressFamily family = FamilyChoice.choose(
                PodRules.families(pods),
                rules.place().family(),
                rules.place().hostFamilies(),
                each -> answers.computeIfAbsent(each, one -> find(pods, one)) instanceof PodRules.Found found
                        && judged(found).hasUsable());
        PodRules.Answer answer = answers.computeIfAbsent(family, one -> find(pods, one));
        if (answer instanceof PodRules.Refused refused) {
            return new Answer.None(refused.unresolved());
        }
        Judgement judged = judged((PodRules.Found) answer);
        PodWeights weights = rules.weighted() ? PodWeights.of(pods) : PodWeights.NONE;
        weights.complaints().forEach(inquiry::warns);
        return new Answer.Found(
                ServiceFacts.of(ServiceKey.of(target)),
                inquiry.recollection().endpoints(judged, weights),
                judged.nothingUsable(describe()));
    }

    private PodRules.Answer find(List<PodObject> pods, AddressFamily family) {
        return PodRules.endpoints(describe(), pods, family, target.port(), target.protocol());
    }

    /** I-6: conditions hold as elsewhere; pods have neither policy nor hints. */
    private Judgement judged(PodRules.Found found) {
        return UsabilityRules.judge(
                found.endpoints(), TrafficPolicy.CLUSTER, rules.place().locality(), HintUse.NONE);
    }
}
