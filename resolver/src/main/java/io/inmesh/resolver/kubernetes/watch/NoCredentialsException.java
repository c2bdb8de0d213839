package io.inmesh.resolver.kubernetes.watch;

/** There is no way to say who this client is, and asking as nobody would only bring a refusal that misleads. The message says why. */
public final class NoCredentialsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoCredentialsException(String message) {
        super(message);
    }
}
