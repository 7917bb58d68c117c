// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages messages in the ways that break parsers; the same seed gives the same damage. */
public final class Mutations {
    /** First bytes of items: lengths that lie, indefinite ones, tags, floats, null, reserved and huge numbers. */
    private static final int[] HEADS = {
        0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1f, 0x20, 0x38, 0x3b, 0x40, 0x58, 0x5b, 0x5f, 0x60, 0x61, 0x78,
        0x7f, 0x80, 0x81, 0x98, 0x9b, 0x9f, 0xa0, 0xa1, 0xb8, 0xbf, 0xc0, 0xc2, 0xd8, 0xdb, 0xf4, 0xf5, 0xf6, 0xf7,
        0xf8, 0xf9, 0xfa, 0xfb, 0xff
    };

    private static final int AT_ONCE_MAX = 3;

    private final Random random;
    private final List<byte[]> originals;

    public Mutations(long seed, List<byte[]> originals) {
        random = new Random(seed);
        this.originals = List.copyOf(originals);
    }

    /** One of the originals, damaged in up to three places. */
    public byte[] next() {
        byte[] bytes = any();
        for (int i = random.nextInt(AT_ONCE_MAX); i >= 0; i--) {
            bytes = mutated(bytes);
        }
        return bytes;
    }

    private byte[] mutated(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {head()};
        }
        int at = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(8), bytes.length - at);
        byte[] piece = Arrays.copyOfRange(bytes, at, at + length);
        return switch (random.nextInt(9)) {
            case 0 -> replaced(bytes, at, 1, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
            case 1 -> replaced(bytes, at, 1, (byte) random.nextInt(256));
            case 2 -> replaced(bytes, at, 1, head());
            case 3 -> replaced(bytes, at, 0, head());
            case 4 -> replaced(bytes, at, length);
            case 5 -> Arrays.copyOf(bytes, at);
            case 6 -> replaced(bytes, at, 0, piece);
            case 7 -> replaced(bytes, random.nextInt(bytes.length), 0, piece);
            default -> spliced(bytes, at);
        };
    }

    private byte[] spliced(byte[] bytes, int at) {
        byte[] other = any();
        int from = random.nextInt(other.length);
        return replaced(bytes, at, bytes.length - at, Arrays.copyOfRange(other, from, other.length));
    }

    private static byte[] replaced(byte[] bytes, int at, int length, byte... by) {
        int end = Math.min(at + length, bytes.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(by);
        out.write(bytes, end, bytes.length - end);
        return out.toByteArray();
    }

    private byte head() {
        return (byte) HEADS[random.nextInt(HEADS.length)];
    }

    private byte[] any() {
        return originals.get(random.nextInt(originals.size()));
    }
}
