/** Proofs of the whole resolver from outside: recordings, faults, chance and real clusters, through its public surface only. */
@NullMarked
package io.inmesh.resolver.kubernetes.proof;

import org.jspecify.annotations.NullMarked;
