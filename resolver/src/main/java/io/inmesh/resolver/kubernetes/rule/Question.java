package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.source.Known;
import java.util.NavigableMap;

/** What a target asks for: a pure function from what is known to an answer. */
public interface Question {

    /** Answers from what is known now. */
    default Answer answer(Known known) {
        return answer(known, new Recollection());
    }

    /**
     * The same answer, mostly for less.
     *
     * @param recollection what earlier answers to this question left behind; this one leaves its own there
     */
    Answer answer(Known known, Recollection recollection);

    /** The namespace that the target itself names. */
    String namespace();

    /** For people, and the beginning of every refusal: {@code orders in namespace shop, port http}. */
    String describe();

    /** What warnings are about: the same text for questions that differ in their port only. */
    String about();

    /** How the client that asks resolves. */
    ClientRules rules();

    /**
     * Everything that decides the answer besides what is known and where the client is, by name: of two questions with equal terms one
     * answer serves both, unless it {@linkplain Answer#placed() depends on the place}.
     */
    NavigableMap<String, String> terms();

    /** The same with the client's place: one answer always serves both. */
    default NavigableMap<String, String> placedTerms() {
        NavigableMap<String, String> terms = terms();
        terms.putAll(rules().placeTerms());
        return terms;
    }
}
