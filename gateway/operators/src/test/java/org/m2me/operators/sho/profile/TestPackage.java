// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The GSMA's test profile, personalised as a SM-DP+ does, at the offsets that were found by hand. */
public final class TestPackage {
    public static final String PLAIN = "TS48_V7.0_eSIM_GTP_SAIP2.3_NoBERTLV.der";
    public static final List<String> ALL = List.of(
            PLAIN, "TS48_V7.0_eSIM_GTP_SAIP2.3_NoBERTLV_NoRAMRFM.der", "TS48_V7.0_eSIM_GTP_SAIP2.3_BERTLV_SUCI.der");

    /** TS 35.208 4.3, set 1. */
    public static final String K = "465b5ce8b199b49faa5f0a2ee238a6bc";

    public static final String OPC = "cd63cb71954a9f4e48a5994e37a02baf";

    private static final HexFormat HEX = HexFormat.of();
    private static final int HEADER_ICCID = 44;
    private static final int EF_ICCID = 250;
    private static final int EF_IMSI = 2694;
    private static final int AKA = 6391;
    private static final int AKA_END = 6446;

    private byte[] der = bytes(PLAIN);

    public static byte[] bytes(String file) {
        try (InputStream in = Objects.requireNonNull(TestPackage.class.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** With Milenage, the numbers of the file, and the keys of the standard's first set. */
    public static TestPackage milenage() {
        return new TestPackage().aka(aka(1, "00", K, OPC));
    }

    /** Milenage with rotations and a beginning of sequence numbers that are not the usual ones; the last change. */
    public TestPackage ownConstants() {
        String[] seq = new String[32];
        Arrays.fill(seq, tlv("04", "000000000100"));
        return aka(withSqn(aka(1, "01", K, OPC, tlv("84", "0102030405")), tlv("83", "000000010000"), tlv("a5", seq)));
    }

    public TestPackage iccid(String header, String card) {
        put(HEADER_ICCID, header);
        put(EF_ICCID, card);
        return this;
    }

    /** As it is in EF.IMSI. */
    public TestPackage imsi(String content) {
        put(EF_IMSI, content);
        return this;
    }

    private void put(int offset, String hex) {
        System.arraycopy(HEX.parseHex(hex), 0, der, offset, hex.length() / 2);
    }

    /** The USIM's akaParameter; to be the last change, for it may have another length. */
    public TestPackage aka(String hex) {
        String all = HEX.formatHex(der);
        der = HEX.parseHex(all.substring(0, 2 * AKA) + hex + all.substring(2 * AKA_END));
        return this;
    }

    public byte[] der() {
        return der.clone();
    }

    /**
     * An akaParameter.
     *
     * @param more further fields of algoParameter
     */
    static String aka(int algorithm, String options, String k, String opc, String... more) {
        List<String> fields = new ArrayList<>(
                List.of(tlv("80", String.format("%02x", algorithm)), tlv("81", options), tlv("82", k), tlv("83", opc)));
        fields.addAll(List.of(more));
        return tlv("a4", tlv("a0", "80008101" + "0b"), tlv("a1", tlv("a1", fields.toArray(String[]::new))));
    }

    /** The same with fields that say how sequence numbers are kept. */
    static String withSqn(String aka, String... fields) {
        byte[] all = HEX.parseHex(aka);
        int header = (all[1] & 0x80) == 0 ? 2 : 2 + (all[1] & 0x7f);
        List<String> parts = new ArrayList<>(List.of(aka.substring(2 * header)));
        parts.addAll(List.of(fields));
        return tlv("a4", parts.toArray(String[]::new));
    }

    /** A value with these parts, all in hexadecimal. */
    static String tlv(String tag, String... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (String part : parts) {
            content.writeBytes(HEX.parseHex(part));
        }
        int length = content.size();
        String prefix = length < 0x80
                ? String.format("%02x", length)
                : length < 0x100 ? String.format("81%02x", length) : String.format("82%04x", length);
        return tag + prefix + HEX.formatHex(content.toByteArray());
    }
}
