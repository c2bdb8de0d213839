package io.inmesh.spring.cloud;

import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;

/** Hears that Spring Cloud has changed the environment, as after {@code /actuator/refresh} or a change in a config server. */
public final class EnvironmentRefresh implements ApplicationListener<EnvironmentChangeEvent> {
    private final Runnable refresh;

    /**
     * Creates it.
     *
     * @param refresh looks for what has changed
     */
    public EnvironmentRefresh(Runnable refresh) {
        this.refresh = refresh;
    }

    @Override
    public void onApplicationEvent(EnvironmentChangeEvent event) {
        refresh.run();
    }
}
