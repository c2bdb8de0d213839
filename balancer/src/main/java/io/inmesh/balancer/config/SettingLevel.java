package io.inmesh.balancer.config;

/** Who said how a service is to be balanced, the strongest first: for each key the first level that names it wins. */
public enum SettingLevel {
    /** The program: {@code ?policy=} in a target, or settings given to {@code Mesh.service}. */
    CODE("code"),
    /** The application's properties for that service. */
    APPLICATION("application"),
    /** The service's owner, by annotation {@code inmesh.io/KEY} on the Service; changes live. */
    ANNOTATION("annotation"),
    /** The application's properties for all services. */
    APPLICATION_DEFAULT("application default"),
    /** This library. */
    BUILT_IN("built-in default");

    private final String label;

    SettingLevel(String label) {
        this.label = label;
    }

    /** True if it says so of one service, and not of all. */
    public boolean speaksOfOneService() {
        return this == CODE || this == APPLICATION || this == ANNOTATION;
    }

    /** The level's name for people. */
    public String label() {
        return label;
    }
}
