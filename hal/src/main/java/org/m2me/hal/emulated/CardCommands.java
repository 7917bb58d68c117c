// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.m2me.hal.emulated.AtRefusal.Why;

/** The card: its state and identities, its files, its applications (TS 27.007 8). */
final class CardCommands {
    private static final List<String> NOTHING = List.of();
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** READ BINARY, READ RECORD, GET RESPONSE, UPDATE BINARY, UPDATE RECORD, STATUS; TS 27.007 8.18. */
    private static final Set<Integer> RESTRICTED = Set.of(176, 178, 192, 214, 220, 242);

    private final CardAccess card;
    private final Registrar registrar;
    private final CardChannels channels;

    private CardCommands(CardAccess card, Registrar registrar, CardChannels channels) {
        this.card = card;
        this.registrar = registrar;
        this.channels = channels;
    }

    static Map<String, AtHandler> of(CardAccess card, Registrar registrar, CardChannels channels) {
        CardCommands family = new CardCommands(card, registrar, channels);
        Map<String, AtHandler> commands = new HashMap<>();
        commands.put("+CPIN", family::pin);
        commands.put("+CPINR", family::pinTries);
        commands.put("+CLCK", family::lock);
        commands.put("+CIMI", (request, terminal) -> family.identity(request, "", Identity.IMSI));
        commands.put("+CCID", (request, terminal) -> family.identity(request, "+CCID: ", Identity.ICCID));
        commands.put("+ICCID", (request, terminal) -> family.identity(request, "+ICCID: ", Identity.ICCID));
        commands.put("+CRSM", family::restricted);
        commands.put("+CSIM", family::generic);
        commands.put("+CUAD", family::directory);
        commands.put("+CCHO", family::openChannel);
        commands.put("+CGLA", family::onChannel);
        commands.put("+CCHC", family::closeChannel);
        return commands;
    }

    private enum Identity {
        IMSI,
        ICCID
    }

    private void requireCard() throws AtRefusal {
        if (!card.isPresent()) {
            throw new AtRefusal(Why.NO_CARD);
        }
    }

    private List<String> pin(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return NOTHING;
        }
        requireCard();
        if (request.is(AtRequest.Kind.READ)) {
            return List.of("+CPIN: READY");
        }
        throw new AtRefusal(Why.NOT_ALLOWED); // the PIN is disabled: there is nobody at the device to enter it
    }

    private List<String> pinTries(AtRequest request, AtTerminal terminal) throws AtRefusal {
        requireCard();
        return List.of("+CPINR: SIM PIN,3,3");
    }

    /** Facility locks: none is active, none can be made active. */
    private List<String> lock(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return List.of("+CLCK: (\"SC\",\"PS\",\"FD\")");
        }
        requireCard();
        if (request.number(1, 0, 2, 2) != 2) {
            throw new AtRefusal(Why.NOT_ALLOWED);
        }
        return List.of("+CLCK: 0");
    }

    private List<String> identity(AtRequest request, String before, Identity which) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return NOTHING;
        }
        requireCard();
        try {
            CardAccess.Identity who = registrar.readCard();
            return List.of(before + (which == Identity.IMSI ? who.imsi() : who.iccid()));
        } catch (IOException e) {
            throw new AtRefusal(Why.CARD_FAILURE);
        }
    }

    private List<String> restricted(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return NOTHING;
        }
        requireCard();
        int instruction = request.number(0);
        if (!RESTRICTED.contains(instruction)) {
            throw new AtRefusal(Why.NOT_SUPPORTED);
        }
        byte[] header = {
            (byte) instruction,
            (byte) request.number(2, 0, 255, 0),
            (byte) request.number(3, 0, 255, 0),
            (byte) request.number(4, 0, 255, 0)
        };
        byte[] data = request.has(5) ? request.bytes(5) : new byte[0];
        byte[] path = request.has(6) ? request.bytes(6) : new byte[0];
        try {
            byte[] answer = card.restricted(request.number(1, 0, 0xffff, 0x3f00), header, data, path);
            int sw = CardAccess.statusWord(answer);
            String content = HEX.formatHex(CardAccess.data(answer));
            return List.of(
                    "+CRSM: " + (sw >> 8) + "," + (sw & 0xff) + (content.isEmpty() ? "" : ",\"" + content + '"'));
        } catch (IOException e) {
            throw failure();
        }
    }

    private List<String> generic(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return NOTHING;
        }
        requireCard();
        byte[] command = apdu(request, 0);
        try {
            return List.of(lengthAndData("+CSIM: ", card.transmit(command)));
        } catch (IOException e) {
            throw failure();
        }
    }

    private List<String> directory(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return NOTHING;
        }
        requireCard();
        try {
            StringBuilder records = new StringBuilder("+CUAD: ");
            card.directory().forEach(one -> records.append(HEX.formatHex(one)));
            return List.of(records.toString());
        } catch (IOException e) {
            throw failure();
        }
    }

    private List<String> openChannel(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return NOTHING;
        }
        requireCard();
        byte[] aid = request.bytes(0);
        if (aid.length < 1 || aid.length > 16) {
            throw new AtRefusal(Why.BAD_PARAMETERS);
        }
        return List.of("+CCHO: " + channels.open(aid));
    }

    private List<String> onChannel(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return NOTHING;
        }
        return List.of(lengthAndData("+CGLA: ", channels.transmit(request.number(0), apdu(request, 1))));
    }

    private List<String> closeChannel(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (!request.is(AtRequest.Kind.TEST)) {
            channels.close(request.number(0));
        }
        return NOTHING;
    }

    /** A length in digits, and so many digits. */
    private static byte[] apdu(AtRequest request, int index) throws AtRefusal {
        byte[] command = request.bytes(index + 1);
        if (request.number(index) != 2 * command.length || command.length < 4) {
            throw new AtRefusal(Why.BAD_PARAMETERS);
        }
        return command;
    }

    private static String lengthAndData(String name, byte[] answer) {
        return name + 2 * answer.length + ",\"" + HEX.formatHex(answer) + '"';
    }

    private AtRefusal failure() {
        return new AtRefusal(card.isPresent() ? Why.CARD_FAILURE : Why.NO_CARD);
    }
}
