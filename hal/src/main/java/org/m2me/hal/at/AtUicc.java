// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.m2me.hal.ModemException;
import org.m2me.hal.UiccChannel;

/**
 * A channel to an application on the modem's card: by AT+CCHO and AT+CGLA where the modem has them, else by AT+CSIM on a
 * logical channel that the host opens, else by AT+CSIM on the basic channel.
 */
final class AtUicc implements UiccChannel {
    /** How APDUs reach the card. */
    private interface Way {
        byte[] transmit(byte[] command) throws ModemException;

        void close() throws ModemException;
    }

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final Pattern SESSION_ID = Pattern.compile("[0-9A-Za-z]{1,32}");
    private static final int OK = 0x9000;

    /** Bytes fetched piece by piece: the longest answer that ISO 7816-4 has. A card that goes on never ends. */
    private static final int ANSWER_MAX = 65_536;

    private final Way way;

    private AtUicc(Way way) {
        this.way = way;
    }

    static UiccChannel open(AtEngine engine, byte[] aid) throws ModemException {
        AtAnswer opened = engine.send(AtCommand.of("AT+CCHO=\"" + HEX.formatHex(aid) + '"'));
        if (opened.isOk() && opened.text("+CCHO").isPresent()) {
            // An opaque string: some modems answer a big hexadecimal number, some leave the name out.
            String id = AtText.unquote(opened.text("+CCHO").get());
            if (!SESSION_ID.matcher(id).matches()) {
                throw new ModemException("AT+CCHO: the answer names no channel"); // it would be typed in each command
            }
            return new AtUicc(new LogicalChannel(engine, id));
        }
        GenericAccess access = new GenericAccess(engine, 0);
        byte[] channel = access.transmit(new byte[] {0x00, 0x70, 0x00, 0x00, 0x01});
        int number = statusWord(channel) == OK && channel.length == 3 ? channel[0] & 0x03 : 0;
        AtUicc uicc = new AtUicc(new GenericAccess(engine, number));
        uicc.select(aid);
        return uicc;
    }

    private void select(byte[] aid) throws ModemException {
        byte[] answer = transmit(ByteBuffer.allocate(5 + aid.length)
                .put(new byte[] {0x00, (byte) 0xa4, 0x04, 0x04, (byte) aid.length})
                .put(aid)
                .array());
        if (statusWord(answer) != OK) {
            close();
            throw new ModemException("the card has no such application: status %04X".formatted(statusWord(answer)));
        }
    }

    /** Repeats with the length that the card names (6Cxx), and fetches what it announces (61xx). */
    @Override
    public byte[] transmit(byte[] command) throws ModemException {
        byte[] answer = way.transmit(command);
        if (statusWord(answer) >> 8 == 0x6c && command.length >= 5) {
            byte[] again = Arrays.copyOf(command, 5);
            again[4] = answer[answer.length - 1];
            answer = way.transmit(again);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        while (statusWord(answer) >> 8 == 0x61) {
            whole.write(answer, 0, answer.length - 2);
            byte[] rest = way.transmit(new byte[] {0x00, (byte) 0xc0, 0x00, 0x00, answer[answer.length - 1]});
            if (rest.length <= 2 && statusWord(rest) >> 8 == 0x61) {
                throw new ModemException("the card announces data and gives none");
            }
            if (whole.size() > ANSWER_MAX) {
                throw new ModemException("the card's answer is longer than " + ANSWER_MAX + " bytes");
            }
            answer = rest;
        }
        whole.writeBytes(answer);
        return whole.toByteArray();
    }

    @Override
    public void close() throws ModemException {
        way.close();
    }

    private static int statusWord(byte[] answer) {
        int n = answer.length;
        return n < 2 ? 0x6f00 : ((answer[n - 2] & 0xff) << 8) | (answer[n - 1] & 0xff);
    }

    /** The APDU in {@code length,"hexadecimal"}, which are the last two fields of an answer. */
    private static byte[] apduIn(AtAnswer answer, String name) throws ModemException {
        List<String> fields = answer.value(name).map(AtText::fields).orElse(List.of());
        if (!answer.isOk() || fields.size() < 2) {
            throw new ModemException("AT" + name + ": " + answer.result().text());
        }
        try {
            return HEX.parseHex(fields.get(fields.size() - 1));
        } catch (IllegalArgumentException e) {
            throw new ModemException("AT" + name + ": the answer is not hexadecimal");
        }
    }

    /** The modem opened the channel and puts its number into each class byte. */
    private record LogicalChannel(AtEngine engine, String id) implements Way {
        @Override
        public byte[] transmit(byte[] command) throws ModemException {
            String hex = HEX.formatHex(command);
            return apduIn(engine.send(AtCommand.of("AT+CGLA=%s,%d,\"%s\"".formatted(id, hex.length(), hex))), "+CGLA");
        }

        /** Some modems have AT+CCHO but no AT+CCHC; there is nothing to be done about it. */
        @Override
        public void close() throws ModemException {
            engine.tell("AT+CCHC=" + id);
        }
    }

    /** The host puts the channel's number into each class byte. */
    private record GenericAccess(AtEngine engine, int channel) implements Way {
        @Override
        public byte[] transmit(byte[] command) throws ModemException {
            byte[] addressed = command.clone();
            addressed[0] = (byte) ((command[0] & 0xfc) | channel);
            String hex = HEX.formatHex(addressed);
            return apduIn(engine.send(AtCommand.of("AT+CSIM=%d,\"%s\"".formatted(hex.length(), hex))), "+CSIM");
        }

        @Override
        public void close() throws ModemException {
            if (channel != 0) {
                byte[] unused =
                        new GenericAccess(engine, 0).transmit(new byte[] {0x00, 0x70, (byte) 0x80, (byte) channel});
            }
        }
    }
}
