package io.inmesh.resolver.kubernetes.source;

import io.inmesh.api.Reason;

/**
 * Why the API cannot be asked at present. Empties nothing (rule W-12).
 *
 * @param reason {@link Reason#NOT_SYNCED} or {@link Reason#FORBIDDEN}
 * @param situation what has to change for it to be told again: retries fail in many words, and mean the same
 * @param text what happened and what to do, to stand behind the name of the service
 */
public record Trouble(Reason reason, String situation, String text) {}
