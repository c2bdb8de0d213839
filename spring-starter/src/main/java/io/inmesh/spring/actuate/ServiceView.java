package io.inmesh.spring.actuate;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Rejection;
import io.inmesh.api.WatchAge;
import io.inmesh.balancer.config.SettingLevel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One service as people see it. Holds no credentials: neither does anything that it is made from.
 *
 * @param target what the application asked for
 * @param policy the balancing policy in force
 * @param policySource the configuration level that named it
 * @param settings what is not at its built-in default, by key, each with the configuration level that won it
 * @param ignored what is said of it besides and is not in force, such as a bad set of annotations, and why
 * @param service the service port that the target leads to, or null while it is unknown
 * @param usable how many endpoints the cluster calls usable and this process does not keep out
 * @param rejection what a request would be told now, or null if it gets an endpoint
 * @param stale whether the endpoints were kept from an earlier life of the process and nothing has been heard since
 * @param warnings what people should mend though endpoints are known
 * @param watches how fresh it all is
 * @param endpoints every one that is known, usable or not
 */
public record ServiceView(
        String target,
        String policy,
        String policySource,
        Map<String, LoadBalancer.Setting> settings,
        List<String> ignored,
        @Nullable String service,
        int usable,
        @Nullable String rejection,
        boolean stale,
        List<String> warnings,
        List<WatchView> watches,
        List<EndpointDetails> endpoints) {

    /**
     * How fresh one of the things is that a service is known by.
     *
     * @param watch what is watched
     * @param ageSeconds time since the last proof that it still holds
     * @param connected whether it is being listened to
     * @param reconnects how often it was opened again
     */
    public record WatchView(String watch, double ageSeconds, boolean connected, long reconnects) {
        static WatchView of(WatchAge age) {
            return new WatchView(age.watch(), age.age().toMillis() / 1e3, age.connected(), age.reconnects());
        }
    }

    private static Map<String, LoadBalancer.Setting> said(LoadBalancer.Snapshot snapshot) {
        Map<String, LoadBalancer.Setting> said = new TreeMap<>(snapshot.settings());
        said.values().removeIf(setting -> setting.level().equals(SettingLevel.BUILT_IN.label()));
        return said;
    }

    static ServiceView of(LoadBalancer.Snapshot snapshot) {
        EndpointSet set = snapshot.set();
        Rejection rejection = snapshot.rejection();
        List<EndpointDetails> endpoints =
                snapshot.endpoints().stream().map(EndpointDetails::of).toList();
        return new ServiceView(
                snapshot.target().toString(),
                snapshot.policy(),
                snapshot.policySource(),
                said(snapshot),
                snapshot.ignored(),
                set == null ? null : set.facts().key().toString(),
                (int) endpoints.stream().filter(EndpointDetails::isTrusted).count(),
                rejection == null ? null : rejection.toString(),
                set != null && set.stale(),
                set == null ? List.of() : set.warnings(),
                snapshot.ages().stream().map(WatchView::of).toList(),
                endpoints);
    }
}
