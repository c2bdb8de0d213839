package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class XxHash64Test {
    private static final long SEED = 64;

    @Test
    @DisplayName("TV-HASH-1")
    void the_published_values() {
        assertThat(XxHash64.hash("")).isEqualTo(0xef46db3751d8e999L);
        assertThat(XxHash64.hash("a")).isEqualTo(0xd24ec4f1a98c6e5bL);
        assertThat(XxHash64.hash("abc")).isEqualTo(0x44bc2cf5ad770999L);
    }

    @Test
    void texts_of_every_length_and_script_hash_as_their_bytes_do() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int length = 0; length <= 150; length++) {
            for (int highest : new int[] {0x7f, 0x7ff, 0xffff, 0x10ffff}) {
                String text = random.ints(length, 0, highest + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining());
                long seed = random.nextLong();
                assertThat(XxHash64.hash(text, seed))
                        .as("seed %d, length %d, up to U+%x", SEED, length, highest)
                        .isEqualTo(ofBytes(text.getBytes(StandardCharsets.UTF_8), seed));
            }
        }
    }

    @Test
    void half_a_surrogate_pair_counts_as_java_encodes_it() {
        for (String text : new String[] {"\ud83d", "a\udc00b", "\ud83d\ud83d\ude00", "\ude00\ud83d"}) {
            assertThat(XxHash64.hash(text)).isEqualTo(ofBytes(text.getBytes(StandardCharsets.UTF_8), 0));
        }
    }

    /** The specification, step by step over an array. */
    private static long ofBytes(byte[] bytes, long seed) {
        long p1 = 0x9E3779B185EBCA87L;
        long p2 = 0xC2B2AE3D27D4EB4FL;
        long p3 = 0x165667B19E3779F9L;
        long p4 = 0x85EBCA77C2B2AE63L;
        long p5 = 0x27D4EB2F165667C5L;
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long hash = seed + p5;
        if (bytes.length >= 32) {
            long[] lanes = {seed + p1 + p2, seed + p2, seed, seed - p1};
            while (buffer.remaining() >= 32) {
                for (int i = 0; i < 4; i++) {
                    lanes[i] = Long.rotateLeft(lanes[i] + buffer.getLong() * p2, 31) * p1;
                }
            }
            hash = Long.rotateLeft(lanes[0], 1)
                    + Long.rotateLeft(lanes[1], 7)
                    + Long.rotateLeft(lanes[2], 12)
                    + Long.rotateLeft(lanes[3], 18);
            for (long lane : lanes) {
                hash = (hash ^ Long.rotateLeft(lane * p2, 31) * p1) * p1 + p4;
            }
        }
        hash += bytes.length;
        while (buffer.remaining() >= 8) {
            hash = Long.rotateLeft(hash ^ Long.rotateLeft(buffer.getLong() * p2, 31) * p1, 27) * p1 + p4;
        }
        if (buffer.remaining() >= 4) {
            hash = Long.rotateLeft(hash ^ Integer.toUnsignedLong(buffer.getInt()) * p1, 23) * p2 + p3;
        }
        while (buffer.hasRemaining()) {
            hash = Long.rotateLeft(hash ^ Byte.toUnsignedLong(buffer.get()) * p5, 11) * p1;
        }
        hash = (hash ^ (hash >>> 33)) * p2;
        hash = (hash ^ (hash >>> 29)) * p3;
        return hash ^ (hash >>> 32);
    }
}
