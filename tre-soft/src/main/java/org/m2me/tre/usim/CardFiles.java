// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of one subscriber's card: the MF, and below it the USIM (TS 102 221 13, TS 31.102 4.2). */
final class CardFiles implements AutoCloseable {
    static final int MF = 0x3F00;
    /** The application that was selected last, by another name than its AID. */
    static final int CURRENT_APPLICATION = 0x7FFF;

    static final int ARR = 0x2F06;
    /** Life cycle status: operational, activated. */
    static final int OPERATIONAL = 0x05;

    // RID of ETSI, application code USIM, then country, provider and our own field (TS 101 220 annex E).
    private static final byte[] AID =
            Tlv.bytes(0xA0, 0, 0, 0, 0x87, 0x10, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x89, 0x03, 0x05, 0, 0x01);
    private static final int AID_PREFIX_MIN = 5; // the RID
    private static final int DIR_RECORD_LENGTH = 0x26;
    private static final int ARR_RECORD_LENGTH = 10;
    private static final int KEYS_LENGTH = 33; // KSI, CK, IK
    private static final int NO_KEY = 0x07; // KSI of no key

    private final Map<Integer, ElementaryFile> mf = new LinkedHashMap<>();
    private final Map<Integer, ElementaryFile> usim = new LinkedHashMap<>();

    CardFiles(UsimApplication.Subscriber subscriber) {
        byte[] template = Tlv.of(0x61, Tlv.of(0x4F, AID), Tlv.of(0x50, "USIM".getBytes(StandardCharsets.US_ASCII)));
        byte[] readAlways = Tlv.bytes(0x80, 1, 1, 0x90, 0);
        byte[] updateNever = Tlv.bytes(0x80, 1, 2, 0x97, 0);
        byte[] readAndUpdateAlways = Tlv.bytes(0x80, 1, 3, 0x90, 0);
        add(
                mf,
                ElementaryFile.records(0x2F00, 0x1E, DIR_RECORD_LENGTH, template),
                ElementaryFile.readOnly(0x2FE2, 0x02, Digits.iccid(subscriber.iccid())),
                ElementaryFile.readOnly(0x2F05, 0x05, "en".getBytes(StandardCharsets.US_ASCII)), // EF.PL
                ElementaryFile.records(
                        ARR, 0x06, ARR_RECORD_LENGTH, Tlv.join(readAlways, updateNever), readAndUpdateAlways));
        addFixed(subscriber);
        addUpdatable();
    }

    private void addFixed(UsimApplication.Subscriber subscriber) {
        add(
                usim,
                ElementaryFile.readOnly(0x6F07, 0x07, Digits.imsi(subscriber.imsi())),
                ElementaryFile.readOnly(0x6FAD, 0x03, Tlv.bytes(0, 0, 0, subscriber.mncLength())),
                // EF.UST: services 33 (packet domain), 34 (EF.EST) and 38 (GSM security context), numbered from bit 0.
                ElementaryFile.readOnly(0x6F38, 0x04, Tlv.bytes(0, 0, 0, 0, 0b0010_0011)),
                ElementaryFile.readOnly(0x6F56, 0x05, Tlv.bytes(0)), // EF.EST: no restricted dialling
                ElementaryFile.readOnly(0x6F78, 0x06, Digits.accessClass(subscriber.imsi())),
                ElementaryFile.readOnly(0x6F31, 0x12, Tlv.bytes(10)), // EF.HPPLMN: 60 minutes, TS 22.011 3.2.2.5
                ElementaryFile.readOnly(0x6F5C, 0x10, Tlv.bytes(0xF0, 0, 0))); // EF.THRESHOLD: the largest
    }

    private void addUpdatable() {
        byte[] noKeys = ones(KEYS_LENGTH);
        noKeys[0] = NO_KEY;
        byte[] noLocation = ones(11);
        noLocation[8] = (byte) 0xFE; // LAC FFFE: deleted (TS 24.008 10.5.1.3)
        noLocation[10] = 1; // not updated
        byte[] noRoutingArea = ones(14);
        noRoutingArea[11] = (byte) 0xFE;
        noRoutingArea[13] = 1;
        add(
                usim,
                ElementaryFile.updatable(0x6F08, 0x08, noKeys.clone()), // EF.Keys
                ElementaryFile.updatable(0x6F09, 0x09, noKeys), // EF.KeysPS
                ElementaryFile.updatable(0x6F7B, 0x0D, ones(12)), // EF.FPLMN: four, none
                ElementaryFile.updatable(0x6F7E, 0x0B, noLocation), // EF.LOCI
                ElementaryFile.updatable(0x6F73, 0x0C, noRoutingArea), // EF.PSLOCI
                ElementaryFile.updatable(0x6F5B, 0x0F, Tlv.bytes(0xF0, 0, 0, 0xF0, 0, 0))); // EF.START-HFN: none
    }

    private static byte[] ones(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xFF);
        return bytes;
    }

    private static void add(Map<Integer, ElementaryFile> directory, ElementaryFile... files) {
        for (ElementaryFile file : files) {
            directory.put(file.fid(), file);
        }
    }

    /** Whether this is the USIM's AID, or the beginning of it. */
    static boolean isUsim(byte[] aid) {
        return aid.length >= AID_PREFIX_MIN
                && aid.length <= AID.length
                && Arrays.equals(aid, Arrays.copyOf(AID, aid.length));
    }

    private Map<Integer, ElementaryFile> in(int directory) {
        return directory == MF ? mf : usim;
    }

    Optional<ElementaryFile> file(int directory, int fid) {
        return Optional.ofNullable(in(directory).get(fid));
    }

    Optional<ElementaryFile> bySfi(int directory, int sfi) {
        return in(directory).values().stream().filter(it -> it.sfi() == sfi).findFirst();
    }

    /** File control parameters of a directory: PIN 1 is there, and disabled. */
    static byte[] fcp(int directory) {
        byte[] name = directory == MF ? new byte[0] : Tlv.of(0x84, AID);
        return Tlv.of(
                0x62,
                Tlv.of(0x82, Tlv.bytes(0x78, 0x21)),
                Tlv.of(0x83, Tlv.word(directory)),
                name,
                Tlv.of(0xA5, Tlv.of(0x80, Tlv.bytes(0x71))), // clock may stop, supply 1.8 to 5 V
                Tlv.of(0x8A, Tlv.bytes(OPERATIONAL)),
                Tlv.of(0x8B, Tlv.word(ARR), Tlv.bytes(1)),
                Tlv.of(0xC6, Tlv.of(0x90, Tlv.bytes(0)), Tlv.of(0x83, Tlv.bytes(1))));
    }

    /** The USIM's name in STATUS. */
    static byte[] name() {
        return Tlv.of(0x84, AID);
    }

    @Override
    public void close() {
        for (Map<Integer, ElementaryFile> directory : List.of(mf, usim)) {
            directory.values().forEach(ElementaryFile::close);
        }
    }
}
