// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.util.Arrays;
import org.m2me.protocol.crypto.SecretBytes;

/**
 * A file of a card (TS 102 221 8.2.2): transparent, or of records of one length. What a network gives, a phone keeps in
 * such files, CK and IK among it: so their content is off the heap.
 */
final class ElementaryFile implements AutoCloseable {
    private static final int STRUCTURE_TRANSPARENT = 0x41; // TS 102 221 11.1.1.4.3: shareable, working, transparent
    private static final int STRUCTURE_RECORDS = 0x42;
    private static final int DATA_CODING = 0x21;
    private static final int RECORD_OF_READ_ONLY = 1; // of EF.ARR
    private static final int RECORD_OF_OPEN = 2;
    private static final int SFI_SHIFT = 3;

    private final int fid;
    private final int sfi;
    private final int recordLength; // 0 for a transparent file
    private final boolean updatable;
    private SecretBytes content;

    private ElementaryFile(int fid, int sfi, int recordLength, boolean updatable, byte[] content) {
        this.fid = fid;
        this.sfi = sfi;
        this.recordLength = recordLength;
        this.updatable = updatable;
        this.content = SecretBytes.takeFrom(content);
    }

    static ElementaryFile readOnly(int fid, int sfi, byte[] content) {
        return new ElementaryFile(fid, sfi, 0, false, content);
    }

    /** What a modem keeps between two registrations. Forgotten with the subscription, and with the process. */
    static ElementaryFile updatable(int fid, int sfi, byte[] content) {
        return new ElementaryFile(fid, sfi, 0, true, content);
    }

    static ElementaryFile records(int fid, int sfi, int length, byte[]... records) {
        byte[] content = new byte[length * records.length];
        Arrays.fill(content, (byte) 0xFF);
        for (int i = 0; i < records.length; i++) {
            System.arraycopy(records[i], 0, content, i * length, records[i].length);
        }
        return new ElementaryFile(fid, sfi, length, false, content);
    }

    int fid() {
        return fid;
    }

    int sfi() {
        return sfi;
    }

    int size() {
        return content.length();
    }

    boolean isUpdatable() {
        return updatable;
    }

    boolean isTransparent() {
        return recordLength == 0;
    }

    int recordLength() {
        return recordLength;
    }

    int recordCount() {
        return isTransparent() ? 0 : size() / recordLength;
    }

    byte[] read(int offset, int length) {
        return content.use(raw -> Arrays.copyOfRange(raw, offset, offset + length));
    }

    void update(int offset, byte[] data) {
        SecretBytes old = content;
        content = old.use(raw -> {
            byte[] changed = raw.clone();
            System.arraycopy(data, 0, changed, offset, data.length);
            return SecretBytes.takeFrom(changed);
        });
        old.close();
    }

    /** File control parameters (TS 102 221 11.1.1.3). */
    byte[] fcp() {
        byte[] descriptor = isTransparent()
                ? Tlv.bytes(STRUCTURE_TRANSPARENT, DATA_CODING)
                : Tlv.bytes(STRUCTURE_RECORDS, DATA_CODING, 0, recordLength, recordCount());
        return Tlv.of(
                0x62,
                Tlv.of(0x82, descriptor),
                Tlv.of(0x83, Tlv.word(fid)),
                Tlv.of(0x8A, Tlv.bytes(CardFiles.OPERATIONAL)),
                Tlv.of(0x8B, Tlv.word(CardFiles.ARR), Tlv.bytes(updatable ? RECORD_OF_OPEN : RECORD_OF_READ_ONLY)),
                Tlv.of(0x80, Tlv.word(size())),
                Tlv.of(0x88, Tlv.bytes(sfi << SFI_SHIFT)));
    }

    @Override
    public void close() {
        content.close();
    }
}
