package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Known;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks for one port of a Service: follows aliases to where they lead (group X), finds the port (group P), and from there the endpoints,
 * seen from inside the pod network or from outside (group S).
 *
 * @param wanted what was typed
 * @param rules how this client resolves
 */
public record ServiceQuestion(Wanted wanted, ClientRules rules) implements Question {

    @Override
    public String namespace() {
        return wanted.service().namespace();
    }

    @Override
    public String describe() {
        return wanted.describe();
    }

    @Override
    public String about() {
        return wanted.service().toString();
    }

    @Override
    public NavigableMap<String, String> terms() {
        NavigableMap<String, String> terms = rules.terms();
        terms.put("service", wanted.service().name());
        terms.put("namespace", wanted.service().namespace());
        if (wanted.host() != null) {
            terms.put("host", wanted.host());
        }
        if (wanted.port() != null) {
            terms.put("port", wanted.port());
        }
        terms.put("protocol", wanted.protocol().name());
        return terms;
    }

    @Override
    public Answer answer(Known known, Recollection recollection) {
        Inquiry inquiry = new Inquiry(known, recollection, rules::rights);
        Answer.Result result = result(AliasChain.from(wanted), inquiry);
        if (result != null) {
            recollection.answered();
        }
        return inquiry.answer(result);
    }

    private Answer.@Nullable Result result(AliasChain chain, Inquiry inquiry) {
        Wanted current = chain.current();
        Finding<Optional<ServiceObject>> found = inquiry.finding(new Source.OneService(current.service()));
        Optional<ServiceObject> service = found.value();
        if (service != null && service.isPresent() && service.get().kind() == ServiceKind.EXTERNAL_NAME) {
            inquiry.minds(found.trouble());
            return follow(
                    chain, service.get(), inquiry); // S-3; X-6: its slices, if there are any, are not even watched.
        }
        SliceInquiry asking = new SliceInquiry(inquiry, rules.source());
        List<Slice> slices = asking.slices(current.service());
        Trouble refused = asking.refused();
        if (service == null) {
            inquiry.minds(refused);
            inquiry.minds(found.trouble());
            return slices != null && found.trouble() != null && found.trouble().isForbidden()
                    ? unread(chain, slices, found.trouble(), inquiry)
                    : null;
        }
        inquiry.minds(found.trouble());
        boolean serviceTells =
                refused != null && rules.place().outside() != null; // S-21: its own addresses do, outside.
        if (slices == null && !serviceTells) { // "no endpoints" must not be concluded from a partial view.
            inquiry.minds(refused);
            return null;
        }
        if (service.isEmpty()) { // S-9: at once, even while slices still exist.
            return new Answer.None(chain.explain(new Unresolved(
                    Reason.NOT_FOUND,
                    current.describe()
                            + ": there is no Service of that name in that namespace; check both (a name without a namespace"
                            + " means the client's own). Its endpoints are used as soon as it exists")));
        }
        PortAnswer port = ServicePorts.find(service.get(), current);
        if (port instanceof PortAnswer.Refused no) {
            return new Answer.None(chain.explain(no.unresolved()));
        }
        if (rules.place().outside() != null) {
            return new OutsideResolution(chain, service.get(), rules, inquiry).of(port, slices, refused);
        }
        return new InsideResolution(chain, service.get(), rules, inquiry).of(port, Objects.requireNonNull(slices));
    }

    private Answer.@Nullable Result follow(AliasChain chain, ServiceObject alias, Inquiry inquiry) {
        AliasRules.Step step = AliasRules.follow(chain, alias, rules.clusterDomain());
        if (step instanceof AliasRules.ToService to) {
            return result(to.chain(), inquiry);
        }
        if (step instanceof AliasRules.ToName to) {
            return NameResolution.of(to, alias, rules.place(), inquiry);
        }
        return new Answer.None(((AliasRules.Nowhere) step).unresolved());
    }

    /** P-14: Services may not be read, so slices alone must tell; nothing but the port is missing for a client inside. */
    private Answer.@Nullable Result unread(AliasChain chain, List<Slice> slices, Trouble forbidden, Inquiry inquiry) {
        if (rules.place().outside() != null) {
            return null;
        }
        SlicePorts.Answer answer = SlicePorts.find(chain.current(), slices, inquiry.text(forbidden));
        if (answer instanceof SlicePorts.Refused refused) {
            return unknownPort(chain, slices, refused.unresolved());
        }
        String name = ((SlicePorts.Found) answer).port().name();
        Protocol protocol = ((SlicePorts.Found) answer).port().protocol();
        ServiceObject unread = ServiceObject.unread(chain.current().service());
        PortAnswer port = new PortAnswer.Named(new ServicePort(name, protocol, 0, 0, null));
        Answer.Result result = new InsideResolution(chain, unread, rules, inquiry).of(port, slices);
        boolean empty =
                result instanceof Answer.Found found && found.endpoints().isEmpty();
        return empty ? nothing(chain, inquiry.text(forbidden)) : result;
    }

    /**
     * Slices were heard, so this is a fact: an empty set with that reason, which replaces one known before. Its reason alone would not, and
     * endpoints that are gone would stay in use (rules ).
     */
    private static Answer.Result unknownPort(AliasChain chain, List<Slice> slices, Unresolved refused) {
        if (refused.reason() != Reason.FORBIDDEN) {
            return new Answer.None(chain.explain(refused));
        }
        boolean empty = slices.stream().allMatch(slice -> slice.endpoints().isEmpty());
        return empty ? nothing(chain, refused.text()) : nothing(chain, refused);
    }

    /** Whether the Service exists at all cannot be told, so the right that is missing is. */
    private static Answer.Result nothing(AliasChain chain, String forbidden) {
        return nothing(
                chain,
                new Unresolved(
                        Reason.NO_ENDPOINTS,
                        chain.current().describe()
                                + ": it has no endpoints of that port, and its Service may not be read: " + forbidden));
    }

    private static Answer.Result nothing(AliasChain chain, Unresolved words) {
        Wanted asked = chain.current();
        PortAnswer typed = new PortAnswer.Named(
                new ServicePort(asked.port() == null ? "" : asked.port(), asked.protocol(), 0, 0, null));
        return new Answer.Found(
                Facts.of(asked, ServiceObject.unread(asked.service()), typed, null, null),
                List.of(),
                chain.explain(words));
    }
}
