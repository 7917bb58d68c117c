// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.m2me.hal.SmartCard;

/**
 * A USIM that speaks T=0 as modems and wpa_supplicant do: SELECT answers 61xx, GET RESPONSE fetches, 6Cxx corrects a
 * length. Four logical channels. When the subscription changes, so do the files, and what the old network wrote is gone.
 */
public final class SoftUsim implements SmartCard, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SoftUsim.class.getName());

    // TS, T0, TA1; then category 80, card service data (31), capabilities (73: selection by name, identifier and path,
    // four channels numbered by the card), pre-issuing data (67).
    private static final byte[] ATR =
            Tlv.bytes(0x3B, 0x1F, 0x94, 0x80, 0x31, 0xA0, 0x73, 0xBE, 0x21, 0x13, 0x67, 'M', '2', 'M', 'E', 0, 0, 1);

    private static final int CHANNELS = 4;
    private static final int CHANNEL_MASK = 0x03;
    private static final int SECURE_MESSAGING_MASK = 0x0C;
    private static final int CLASS_UICC = 0x80; // of STATUS and TERMINAL PROFILE (TS 102 221 10.1.1)
    private static final int PIN1 = 0x01;
    private static final int PIN_LENGTH = 8;
    private static final int PIN_ATTEMPTS = 3;
    private static final int CLOSE_CHANNEL = 0x80;

    private final UsimApplication application;
    private final Authenticator authenticator;
    private final Map<Integer, Channel> channels = new TreeMap<>();
    private Optional<Content> content = Optional.empty();

    private record Content(UsimApplication.Subscriber subscriber, CardFiles files) {}

    /** @param application whose subscriber the card answers for; asked at each command */
    public SoftUsim(UsimApplication application) {
        this.application = application;
        this.authenticator = new Authenticator(application);
        channels.put(0, new Channel());
    }

    @Override
    public byte[] atr() {
        return ATR.clone();
    }

    @Override
    public synchronized void reset() {
        channels.values().forEach(Channel::forget);
        channels.clear();
        channels.put(0, new Channel());
    }

    @Override
    public synchronized void close() {
        reset();
        content.ifPresent(it -> it.files().close());
        content = Optional.empty();
    }

    @Override
    public synchronized byte[] transmit(byte[] command) {
        try {
            Answer answer =
                    Apdu.parse(command).map(this::answer).orElseGet(() -> Answer.status(StatusWord.WRONG_LENGTH));
            byte[] encoded = answer.encode();
            answer.wipe();
            return encoded;
        } catch (RuntimeException fault) {
            // A reader must get an answer whatever happened here; the text of a fault could quote what it sent.
            LOG.log(
                    System.Logger.Level.ERROR,
                    "a command failed with {0}",
                    fault.getClass().getName());
            return Answer.status(StatusWord.TECHNICAL_PROBLEM).encode();
        }
    }

    private Answer answer(Apdu apdu) {
        Optional<Instruction> instruction = Instruction.of(apdu.ins());
        int wanted = instruction.map(Instruction::cla).orElse(apdu.cla() & CLASS_UICC);
        if ((apdu.cla() & ~(CHANNEL_MASK | SECURE_MESSAGING_MASK)) != wanted) {
            return Answer.status(StatusWord.UNKNOWN_CLASS);
        }
        if ((apdu.cla() & SECURE_MESSAGING_MASK) != 0) {
            return Answer.status(StatusWord.SECURE_MESSAGING_NOT_SUPPORTED);
        }
        Channel channel = channels.get(apdu.cla() & CHANNEL_MASK);
        if (channel == null) {
            return Answer.status(StatusWord.CHANNEL_NOT_SUPPORTED);
        }
        if (instruction.isEmpty()) {
            return Answer.status(StatusWord.UNKNOWN_INSTRUCTION);
        }
        return instruction.get() == Instruction.GET_RESPONSE
                ? getResponse(apdu, channel)
                : kept(channel, execute(instruction.get(), apdu, channel));
    }

    private Answer execute(Instruction instruction, Apdu apdu, Channel channel) {
        FileCommands files = new FileCommands(files());
        channel.forget();
        return switch (instruction) {
            case SELECT -> files.select(apdu, channel);
            case STATUS -> files.status(apdu, channel);
            case READ_BINARY -> files.readBinary(apdu, channel);
            case UPDATE_BINARY -> files.updateBinary(apdu, channel);
            case READ_RECORD -> files.readRecord(apdu, channel);
            case VERIFY -> verify(apdu);
            case AUTHENTICATE ->
                channel.directory() == CardFiles.MF
                        ? Answer.status(StatusWord.CONDITIONS_NOT_SATISFIED)
                        : authenticator.answer(apdu);
            case MANAGE_CHANNEL -> manageChannel(apdu, channel);
            case TERMINAL_PROFILE -> Answer.status(StatusWord.OK); // nothing here is proactive
            case GET_RESPONSE -> throw new IllegalStateException("GET RESPONSE forgets nothing");
        };
    }

    /** The files of whoever the card answers for now. */
    private CardFiles files() {
        UsimApplication.Subscriber now = application.subscriber();
        if (content.filter(it -> it.subscriber().equals(now)).isEmpty()) {
            content.ifPresent(it -> it.files().close());
            channels.values().forEach(Channel::forget);
            content = Optional.of(new Content(now, new CardFiles(now)));
        }
        return content.orElseThrow().files();
    }

    private static Answer kept(Channel channel, Answer answer) {
        if (!answer.later()) {
            return answer;
        }
        channel.keep(answer.data());
        return Answer.waiting(new byte[0], channel.waitingLength());
    }

    private static Answer getResponse(Apdu apdu, Channel channel) {
        int length = channel.waitingLength();
        if (length == 0) {
            return Answer.status(StatusWord.CONDITIONS_NOT_SATISFIED);
        }
        if (apdu.wanted() == 0 || apdu.wanted() > length) {
            return Answer.rightLength(length);
        }
        byte[] data = channel.fetch(apdu.wanted());
        int left = channel.waitingLength();
        return left == 0 ? Answer.now(data) : Answer.waiting(data, left);
    }

    // PIN 1 is disabled: what it would guard is open, whatever is presented. Without a PIN this asks for the attempts.
    private static Answer verify(Apdu apdu) {
        if (apdu.p1() != 0 || apdu.p2() != PIN1) {
            return Answer.status(StatusWord.WRONG_PARAMETERS);
        }
        if (apdu.data().length() == 0) {
            return Answer.status(StatusWord.ATTEMPTS_LEFT | PIN_ATTEMPTS);
        }
        return Answer.status(apdu.data().length() == PIN_LENGTH ? StatusWord.OK : StatusWord.WRONG_LENGTH);
    }

    private Answer manageChannel(Apdu apdu, Channel from) {
        if (apdu.p1() == CLOSE_CHANNEL) {
            Channel closed = apdu.p2() == 0 ? null : channels.remove(apdu.p2());
            if (closed == null) {
                return Answer.status(StatusWord.WRONG_PARAMETERS);
            }
            closed.forget();
            return Answer.status(StatusWord.OK);
        }
        if (apdu.p1() != 0 || apdu.p2() != 0) {
            return Answer.status(StatusWord.WRONG_PARAMETERS);
        }
        if (apdu.wanted() != 1) {
            return Answer.rightLength(1);
        }
        return open(from);
    }

    private Answer open(Channel from) {
        for (int number = 1; number < CHANNELS; number++) {
            if (!channels.containsKey(number)) {
                // From the basic channel it starts at the MF, from another one where that one is (TS 102 221 11.1.17).
                channels.put(number, from == channels.get(0) ? new Channel() : from.branch());
                return Answer.now(Tlv.bytes(number));
            }
        }
        return Answer.status(StatusWord.NO_CHANNEL_LEFT);
    }
}
