// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that is made to exhaust a decoder, on a thread with the smallest stack that a device gives one. */
class HostileInputTest {
    private static final int STACK_SIZE = 512 * 1024;
    private static final int LENGTH = 200_000;

    /** What one input may cost, for each of its bytes: an entry of a map takes three bytes, and a few objects. */
    private static final long HEAP_PER_BYTE = 150;

    /** What even the shortest input costs: a decoder, an exception and its message. */
    private static final long HEAP_FOR_ANY = 64 * 1024;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "81", // array in array
                "a100", // map in map
                "c1", // tag on tag
                "d9d9f7", // the same, longer
                "a10081c1", // all three in turn
                "9b000000000000000f", // arrays that promise more than follows
                "8100", // nothing nested, much that is too much
                "a181"
            })
    void refusesDeepNesting(String repeated) throws Exception {
        String deep = repeated.repeat(LENGTH / repeated.length());
        assertThat(decode(HexFormat.of().parseHex(deep))).isEqualTo("refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5a7fffffff",
                "5b7fffffffffffffff",
                "5bffffffffffffffff",
                "5affffffff",
                "7a7fffffff",
                "7b7fffffffffffffff",
                "7bffffffffffffffff",
                "9a7fffffff",
                "9b7fffffffffffffff",
                "9bffffffffffffffff",
                "ba7fffffff",
                "bb7fffffffffffffff",
                "bbffffffffffffffff",
                "bb4000000000000000"
            })
    void refusesHugeLengthsWithoutAllocatingForThem(String head) throws Exception {
        assertThat(decode(HexFormat.of().parseHex(head))).isEqualTo("refused");
        assertThat(decode(HexFormat.of().parseHex(head + "00".repeat(1000)))).isEqualTo("refused");
        assertThat(decode(HexFormat.of().parseHex("81".repeat(15) + head))).isEqualTo("refused");
    }

    @Test
    void takesWideInputInLinearSpace() throws Exception {
        byte[] array = new byte[LENGTH + 5];
        array[0] = (byte) 0x9a;
        array[1] = (byte) (LENGTH >> 24);
        array[2] = (byte) (LENGTH >> 16);
        array[3] = (byte) (LENGTH >> 8);
        array[4] = (byte) LENGTH;
        assertThat(decode(array)).isEqualTo("accepted");

        CborMap.Builder numbers = CborMap.builder();
        CborMap.Builder texts = CborMap.builder();
        for (int i = 0; i < LENGTH / 4; i++) {
            numbers.put(i, 0);
            texts.put(Integer.toString(i, Character.MAX_RADIX), CborValue.of(0));
        }
        assertThat(decode(numbers.build().encode())).isEqualTo("accepted");
        assertThat(decode(texts.build().encode())).isEqualTo("accepted");
    }

    @Test
    void refusesOneBytePromisesAtEveryLevel() throws Exception {
        // Each level promises as many items as there are bytes left: together far more than there are.
        List<byte[]> inputs = new ArrayList<>();
        for (int type : new int[] {0x99, 0xb9}) {
            byte[] input = new byte[LENGTH];
            for (int i = 0; i < 48; i += 3) {
                input[i] = (byte) type;
                input[i + 1] = (byte) 0xff;
                input[i + 2] = (byte) 0xff;
            }
            inputs.add(input);
        }
        for (byte[] input : inputs) {
            assertThat(decode(input)).isEqualTo("refused");
        }
    }

    /** Decodes on a small stack, and measures what that allocated. */
    private static String decode(byte[] input) throws InterruptedException, ExecutionException {
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FutureTask<String> decoding = new FutureTask<>(() -> {
            long before = memory.getCurrentThreadAllocatedBytes();
            String outcome = outcome(input);
            assertThat(memory.getCurrentThreadAllocatedBytes() - before)
                    .as("heap for %d bytes", input.length)
                    .isLessThan(HEAP_FOR_ANY + HEAP_PER_BYTE * input.length);
            return outcome;
        });
        new Thread(null, decoding, "small stack", STACK_SIZE).start();
        return decoding.get();
    }

    private static String outcome(byte[] input) {
        try {
            assertThat(CborValue.decode(input)).isNotNull();
            return "accepted";
        } catch (CborException refused) {
            return "refused";
        }
    }
}
