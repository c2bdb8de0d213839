package io.inmesh.resolver.testing;

/** How the server says that a version is too old to watch from (rule W-5). */
public enum GoneForm {
    /** Status 200 and an ERROR event with code 410, as real servers usually do. */
    ERROR_EVENT,
    /** HTTP status 410. */
    HTTP_STATUS
}
