package io.inmesh.resolver.kubernetes;

/** There is no way to say who this client is, and asking as nobody would only bring a refusal that misleads. The message says why. */
final class NoCredentialsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoCredentialsException(String message) {
        super(message);
    }
}
