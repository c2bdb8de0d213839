package io.inmesh.spring;

/** Makes what is made lazily otherwise, so that what cannot be meant by the properties fails the start of the application. */
@FunctionalInterface
interface StartCheck {

    /** Throws what Boot's failure analyzers explain. */
    void check();
}
