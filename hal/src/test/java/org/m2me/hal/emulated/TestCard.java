// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.m2me.hal.SmartCard;

/** A USIM that answers like a T=0 card; its RES is a hash over its IMSI and RAND, so that a network can check it. */
final class TestCard implements SmartCard {
    /** RID of 3GPP and the USIM's application code; the rest is the issuer's. */
    static final byte[] AID = HexFormat.of().parseHex("a0000000871002ffffffff8903050001");

    /** An AUTN that starts with this has a wrong MAC. */
    static final byte WRONG_MAC = 0x55;

    /** An AUTN that starts with this has a used sequence number. */
    static final byte USED_SQN = 0x66;

    private static final int MF = 0x3f00;
    private static final int ADF = 0x7fff;

    final AtomicInteger resets = new AtomicInteger();
    private final boolean hasChannels;
    private final Map<Integer, Integer> selected = new ConcurrentHashMap<>();
    private volatile String imsi;
    private byte[] pending = new byte[0];
    private int channelsOpen;

    TestCard(String imsi, boolean hasChannels) {
        this.imsi = imsi;
        this.hasChannels = hasChannels;
    }

    /** Another subscription becomes the active one. */
    void becomes(String other) {
        imsi = other;
    }

    static byte[] res(String imsi, byte[] rand) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(imsi.getBytes(StandardCharsets.US_ASCII));
            return Arrays.copyOf(digest.digest(rand), 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] atr() {
        return HexFormat.of().parseHex("3b1f94806a000000000000000000000000000000");
    }

    @Override
    public synchronized void reset() {
        resets.incrementAndGet();
        selected.clear();
        channelsOpen = 0;
    }

    @Override
    public synchronized byte[] transmit(byte[] command) {
        int channel = command[0] & 0x03;
        if (channel > channelsOpen) {
            return sw(0x6881);
        }
        return switch (command[1] & 0xff) {
            case 0xa4 -> select(channel, command);
            case 0xc0 -> getResponse();
            case 0xb0 -> readBinary(channel, command);
            case 0xb2 -> readRecord(command);
            case 0x88 -> authenticate(channel, command);
            case 0x70 -> manageChannel(command);
            default -> sw(0x6d00);
        };
    }

    private byte[] select(int channel, byte[] command) {
        byte[] what = Arrays.copyOfRange(command, 5, 5 + command[4]);
        boolean byName = command[2] == 4;
        int file = byName ? ADF : ((what[0] & 0xff) << 8) | (what[1] & 0xff);
        boolean known = byName
                ? Arrays.equals(what, Arrays.copyOf(AID, what.length))
                : file == MF || file == 0x2f00 || file == 0x2fe2 || (inUsim(channel) && file >> 8 == 0x6f);
        if (!known) {
            return sw(0x6a82);
        }
        selected.put(channel, file);
        pending = HexFormat.of().parseHex("6207820241218302" + "%04x".formatted(file));
        return sw(0x6100 | pending.length);
    }

    private boolean inUsim(int channel) {
        int now = selected.getOrDefault(channel, MF);
        return now == ADF || now >> 8 == 0x6f;
    }

    private byte[] getResponse() {
        byte[] answer = ok(pending);
        pending = new byte[0];
        return answer;
    }

    private byte[] readBinary(int channel, byte[] command) {
        int file = selected.getOrDefault(channel, MF);
        byte[] content = switch (file) {
            case 0x2fe2 -> HexFormat.of().parseHex("989422024754212460f6");
            case 0x6f07 -> imsiFile();
            case 0x6fad -> HexFormat.of().parseHex("00000002");
            default -> new byte[0];
        };
        if (content.length == 0) {
            return sw(0x6a82);
        }
        int wanted = command[4] & 0xff;
        return wanted == content.length ? ok(content) : sw(0x6c00 | content.length);
    }

    private byte[] imsiFile() {
        String nibbles = (imsi.length() % 2 == 1 ? "9" : "1") + imsi + (imsi.length() % 2 == 1 ? "" : "f");
        StringBuilder swapped = new StringBuilder("%02x".formatted(nibbles.length() / 2));
        for (int i = 0; i < nibbles.length(); i += 2) {
            swapped.append(nibbles.charAt(i + 1)).append(nibbles.charAt(i));
        }
        return HexFormat.of().parseHex((swapped + "ffffffffffffffffff").substring(0, 18));
    }

    private static byte[] readRecord(byte[] command) {
        byte[] record = HexFormat.of().parseHex("61124f10" + HexFormat.of().formatHex(AID));
        if (command[2] > 1) {
            return sw(0x6a83);
        }
        return (command[4] & 0xff) == record.length ? ok(record) : sw(0x6c00 | record.length);
    }

    private byte[] authenticate(int channel, byte[] command) {
        if (!inUsim(channel)) {
            return sw(0x6985);
        }
        byte[] rand = Arrays.copyOfRange(command, 6, 22);
        byte first = command[23];
        if (first == WRONG_MAC) {
            return sw(0x9862);
        }
        if (first == USED_SQN) {
            pending = ByteBuffer.allocate(16).put((byte) 0xdc).put((byte) 14).array();
        } else {
            byte[] res = res(imsi, rand);
            pending = ByteBuffer.allocate(44)
                    .put((byte) 0xdb)
                    .put((byte) 8)
                    .put(res)
                    .put((byte) 16)
                    .put(new byte[16])
                    .put((byte) 16)
                    .put(new byte[16])
                    .array();
        }
        return sw(0x6100 | pending.length);
    }

    private byte[] manageChannel(byte[] command) {
        if (!hasChannels) {
            return sw(0x6881);
        }
        if (command[2] == 0) {
            channelsOpen++;
            return ok(new byte[] {(byte) channelsOpen});
        }
        channelsOpen--;
        return sw(0x9000);
    }

    private static byte[] ok(byte[] data) {
        return ByteBuffer.allocate(data.length + 2)
                .put(data)
                .putShort((short) 0x9000)
                .array();
    }

    private static byte[] sw(int status) {
        return new byte[] {(byte) (status >> 8), (byte) status};
    }
}
