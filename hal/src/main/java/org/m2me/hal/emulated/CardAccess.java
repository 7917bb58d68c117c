// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.m2me.hal.card.VpcdReader;

/** What the modem itself does with the card in its slot: selects, reads, authenticates (TS 102 221, TS 31.102). */
final class CardAccess {
    /** What the modem needs to know to register. */
    record Identity(String iccid, String imsi, int mncDigits) {
        /** Whether a network is this subscription's own. */
        boolean isHome(String plmn) {
            return plmn.length() == 3 + mncDigits && imsi.startsWith(plmn);
        }

        @Override
        public String toString() {
            return "card"; // identities stay out of logs
        }
    }

    private static final int OK = 0x9000;

    /** Start of every USIM's application identifier; TS 101 220 annex E. */
    static final byte[] USIM = HexFormat.of().parseHex("a0000000871002");

    private static final int MF = 0x3f00;
    private static final int EF_DIR = 0x2f00;
    private static final int EF_ICCID = 0x2fe2;
    private static final int EF_IMSI = 0x6f07;
    private static final int EF_AD = 0x6fad;

    /** Elementary files directly under the master file have identifiers 2Fxx; TS 102 221 8.6. */
    private static final int UNDER_MF = 0x2f;

    /** Records read from EF.DIR at most; a card has a handful of applications. */
    private static final int DIR_RECORDS_MAX = 16;

    private static final int TAG_SUCCESS = 0xdb;
    private static final int TAG_SYNCHRONISATION = 0xdc;
    private static final int SW_MAC_FAILURE = 0x9862;

    private final VpcdReader reader;

    /** Who selected last on the basic channel, so that others know to select again. */
    private Object selectedBy = this;

    CardAccess(VpcdReader reader) {
        this.reader = reader;
    }

    boolean isPresent() {
        return reader.isPresent();
    }

    void reset() throws IOException {
        reader.reset();
    }

    /** One APDU as the host made it, on the basic channel. */
    synchronized byte[] transmit(byte[] command) throws IOException {
        selectedBy = reader;
        return reader.transmit(command);
    }

    /** Reads the card from the start. */
    synchronized Identity identify() throws IOException {
        reset();
        selectFile(MF);
        byte[] iccid = expectOk("EF.ICCID", readBinary(EF_ICCID, 10));
        selectUsim();
        byte[] imsi = expectOk("EF.IMSI", readBinary(EF_IMSI, 9));
        byte[] ad = expectOk("EF.AD", readBinary(EF_AD, 4));
        int mncDigits = ad.length > 3 && (ad[3] & 0x0f) == 3 ? 3 : 2;
        return new Identity(swapped(iccid, 0), imsiOf(imsi), mncDigits);
    }

    /** AUTHENTICATE in 3G context; TS 31.102 7.1.2. */
    synchronized Radio.Answer authenticate(byte[] rand, byte[] autn) {
        try {
            selectUsim();
            byte[] answer = exchange(ByteBuffer.allocate(40)
                    .put(new byte[] {0x00, (byte) 0x88, 0x00, (byte) 0x81, 0x22, 0x10})
                    .put(rand)
                    .put((byte) 0x10)
                    .put(autn)
                    .put((byte) 0)
                    .array());
            return answerOf(answer);
        } catch (IOException e) {
            return new Radio.Answer(new byte[0], new byte[0]);
        }
    }

    private static Radio.Answer answerOf(byte[] answer) {
        byte[] none = {};
        int sw = statusWord(answer);
        if (sw == SW_MAC_FAILURE || sw != OK || answer.length < 4) {
            return new Radio.Answer(none, none);
        }
        int length = answer[1] & 0xff;
        if (2 + length > answer.length - 2) {
            return new Radio.Answer(none, none);
        }
        byte[] value = Arrays.copyOfRange(answer, 2, 2 + length);
        return switch (answer[0] & 0xff) {
            case TAG_SUCCESS -> new Radio.Answer(value, none);
            case TAG_SYNCHRONISATION -> new Radio.Answer(none, value);
            default -> new Radio.Answer(none, none);
        };
    }

    /** The records of EF.DIR: which applications there are. */
    synchronized List<byte[]> directory() throws IOException {
        selectFile(MF);
        selectFile(EF_DIR);
        List<byte[]> records = new ArrayList<>();
        for (int i = 1; i <= DIR_RECORDS_MAX; i++) {
            byte[] answer = exchange(new byte[] {0x00, (byte) 0xb2, (byte) i, 0x04, 0x00});
            if (statusWord(answer) != OK) {
                break;
            }
            records.add(data(answer));
        }
        return records;
    }

    /**
     * A restricted access, AT+CRSM: selects the file, then performs the command on it.
     *
     * @param header instruction, P1, P2, P3
     * @param path the file's path below the master file, or empty for the usual place
     */
    synchronized byte[] restricted(int file, byte[] header, byte[] data, byte[] path) throws IOException {
        selectFile(MF);
        if (path.length > 0) {
            for (int i = 0; i + 1 < path.length; i += 2) {
                int directory = ((path[i] & 0xff) << 8) | (path[i + 1] & 0xff);
                if (directory == 0x7fff || directory == 0x7f20) { // the USIM, also where a host expects a GSM card
                    selectUsim();
                } else if (directory != MF) {
                    selectFile(directory);
                }
            }
        } else if (file >> 8 != UNDER_MF && file != MF) {
            selectUsim();
        }
        byte[] selected = select((byte) 0x00, (byte) 0x04, fileId(file));
        boolean wantsDescription = (header[0] & 0xff) == 0xc0;
        if (statusWord(selected) != OK || wantsDescription) {
            return selected;
        }
        return exchange(ByteBuffer.allocate(5 + data.length)
                .put((byte) 0)
                .put(header)
                .put(data)
                .array());
    }

    /** Opens a logical channel, or empty if the card has none (left). */
    synchronized Optional<Integer> openChannel() throws IOException {
        byte[] answer = exchange(new byte[] {0x00, 0x70, 0x00, 0x00, 0x01});
        return statusWord(answer) == OK && answer.length == 3 ? Optional.of((int) answer[0]) : Optional.empty();
    }

    synchronized void closeChannel(int channel) throws IOException {
        byte[] unused = exchange(new byte[] {0x00, 0x70, (byte) 0x80, (byte) channel});
    }

    /** Selects an application on a logical channel; the answer's status word tells. */
    synchronized byte[] selectApplication(int channel, byte[] aid) throws IOException {
        return onChannel(channel, selectCommand((byte) 0x04, (byte) 0x04, aid));
    }

    /**
     * Sends a command to an application over the basic channel, for cards that have no logical ones. The application
     * is selected first if anybody else used the channel meanwhile.
     */
    synchronized byte[] shared(Object user, byte[] aid, byte[] command) throws IOException {
        if (!selectedBy.equals(user)) {
            expectOk("application", exchange(selectCommand((byte) 0x04, (byte) 0x04, aid)));
            selectedBy = user;
        }
        return exchange(command);
    }

    /** Whether there is such an application; selects it over the basic channel. */
    synchronized boolean hasApplication(byte[] aid) throws IOException {
        return statusWord(select((byte) 0x04, (byte) 0x04, aid)) == OK;
    }

    /** Sends a command on a channel and fetches all of the answer. */
    synchronized byte[] onChannel(int channel, byte[] command) throws IOException {
        byte[] addressed = command.clone();
        addressed[0] = (byte) ((command[0] & 0xfc) | channel);
        return exchange(addressed);
    }

    private void selectUsim() throws IOException {
        expectOk("USIM", select((byte) 0x04, (byte) 0x04, USIM));
    }

    private void selectFile(int file) throws IOException {
        expectOk("file %04X".formatted(file), select((byte) 0x00, (byte) 0x04, fileId(file)));
    }

    private byte[] select(byte p1, byte p2, byte[] what) throws IOException {
        selectedBy = this;
        return exchange(selectCommand(p1, p2, what));
    }

    private static byte[] selectCommand(byte p1, byte p2, byte[] what) {
        return ByteBuffer.allocate(5 + what.length)
                .put(new byte[] {0x00, (byte) 0xa4, p1, p2, (byte) what.length})
                .put(what)
                .array();
    }

    private static byte[] fileId(int file) {
        return new byte[] {(byte) (file >> 8), (byte) file};
    }

    private byte[] readBinary(int file, int length) throws IOException {
        selectFile(file);
        return exchange(new byte[] {0x00, (byte) 0xb0, 0x00, 0x00, (byte) length});
    }

    /** A command, its repetition with the length the card names, and the rest of its answer (T=0). */
    private byte[] exchange(byte[] command) throws IOException {
        byte[] answer = reader.transmit(command);
        if (sw1(answer) == 0x6c && command.length >= 5) {
            byte[] again = Arrays.copyOf(command, 5);
            again[4] = answer[answer.length - 1];
            answer = reader.transmit(again);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        while (sw1(answer) == 0x61) {
            whole.writeBytes(data(answer));
            byte[] next = reader.transmit(
                    new byte[] {(byte) (command[0] & 0x03), (byte) 0xc0, 0x00, 0x00, answer[answer.length - 1]});
            if (next.length <= 2 && sw1(next) == 0x61) {
                throw new IOException("the card announces data and gives none");
            }
            answer = next;
        }
        whole.writeBytes(answer);
        return whole.toByteArray();
    }

    private static byte[] expectOk(String what, byte[] answer) throws IOException {
        if (statusWord(answer) != OK) {
            throw new IOException("card: %s: status %04X".formatted(what, statusWord(answer)));
        }
        return data(answer);
    }

    private static int sw1(byte[] answer) {
        return statusWord(answer) >> 8;
    }

    static int statusWord(byte[] answer) {
        int n = answer.length;
        return n < 2 ? 0x6f00 : ((answer[n - 2] & 0xff) << 8) | (answer[n - 1] & 0xff);
    }

    static byte[] data(byte[] answer) {
        return Arrays.copyOf(answer, Math.max(0, answer.length - 2));
    }

    /** EF.IMSI: length, then digits, the first nibble being parity; TS 31.102 4.2.2. */
    private static String imsiOf(byte[] file) throws IOException {
        int length = file.length == 0 ? 0 : file[0];
        if (length < 1 || length >= file.length) {
            throw new IOException("card: EF.IMSI cannot be read");
        }
        String digits = swapped(Arrays.copyOfRange(file, 1, 1 + length), 1);
        if (digits.length() < 6) {
            throw new IOException("card: EF.IMSI is too short");
        }
        return digits;
    }

    /** Digits, low nibble first, without filling. */
    private static String swapped(byte[] bytes, int skip) {
        StringBuilder digits = new StringBuilder();
        for (byte b : bytes) {
            digits.append(Character.forDigit(b & 0x0f, 16)).append(Character.forDigit((b >> 4) & 0x0f, 16));
        }
        String all = digits.substring(skip);
        int filling = all.indexOf('f');
        return filling < 0 ? all : all.substring(0, filling);
    }
}
