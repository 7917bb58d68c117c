// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.Bearer;
import org.m2me.hal.Modem;
import org.m2me.hal.ModemException;
import org.m2me.hal.ModemLines;
import org.m2me.hal.UiccChannel;

/** A modem on an AT port. While it does not answer, each {@link #start} goes on to bring it back. */
public final class AtModem implements Modem {
    /** The context used; modules keep others for their own services. */
    private static final int CID = 1;

    private static final String CLOSING = "AT+CGACT=0," + CID;

    private static final String CARD_STATE = "AT+CPIN?";

    /** TS 23.003 9.1. */
    private static final Pattern APN = Pattern.compile("[A-Za-z0-9.-]{1,63}");

    /** Until a card that was just powered answers: a real one needs 1 to 3 s. Asked again so often. */
    private static final Duration CARD_POLL = Duration.ofMillis(500);

    /** For an AT that asks nothing: ModemManager's limit; a report about to come may hold the answer back so long. */
    private static final Duration READY_LIMIT = Duration.ofSeconds(3);

    /**
     * What every modem is told first. None of these is needed where the modem refuses it: no echo, words instead of
     * digits, error numbers, no reaction to DTR, reports of registration and of packet events.
     */
    private static final List<String> CONFIGURATION =
            List.of("ATE0", "ATV1", "AT+CMEE=1", "AT&D0", "AT+CREG=2", "AT+CGREG=2", "AT+CEREG=2", "AT+CGEREP=1");

    private final LongSupplier nanoTime;
    private final AtRegistration registration;
    private final AtRecovery recovery;

    private @Nullable AtEngine engine;
    private @Nullable Identity identity;
    private @Nullable AtBearer bearer;
    private boolean hasForwarder;

    /**
     * How a modem is reached, and what can be done when it does not answer.
     *
     * @param opener opens the modem's port, again after it was lost
     * @param lines reset line and power key, where the board has them
     * @param observer told what is done about a modem that does not answer
     */
    public record Wiring(
            AtPort.Opener opener, Optional<ModemLines> lines, RecoveryLimits limits, Consumer<RecoveryEvent> observer) {

        /** A port and nothing else. */
        public static Wiring of(AtPort.Opener opener) {
            return new Wiring(opener, Optional.empty(), RecoveryLimits.MODEM, event -> {});
        }
    }

    /**
     * A modem that was not started yet.
     *
     * @param log takes every byte, secrets replaced
     */
    public AtModem(Wiring wiring, AtTiming timing, LongSupplier nanoTime, AtLog log) {
        this.nanoTime = nanoTime;
        this.registration = new AtRegistration(nanoTime);
        this.recovery = new AtRecovery(wiring, timing, nanoTime, log, registration::onUnsolicited);
    }

    /** A modem that left a command unanswered is first brought to answer again, as rough as need be. */
    @Override
    public Identity start(Duration limit) throws ModemException {
        long deadline = deadline(limit);
        AtEngine now = engine;
        Identity known = identity;
        if (now != null && known != null && !now.takeTrouble() && isReady(now)) {
            return known;
        }
        abandonBearer();
        identity = null;
        engine = null;
        AtEngine ready = recovery.climb(deadline);
        engine = ready;
        for (String command : CONFIGURATION) {
            ready.tell(command);
        }
        hasForwarder = ready.send(AtCommand.of("AT+XUDPFWD=?")).isOk();
        Identity found = new Identity(ask("+CGMI"), ask("+CGMM"), ask("+CGMR"), ask("+CGSN"));
        if (functionality() != 1) {
            require(AtCommand.of("AT+CFUN=1"), "switching the radio on");
        }
        registration.expectOutcome();
        identity = found;
        return found;
    }

    private static boolean isReady(AtEngine now) {
        try {
            AtAnswer unused = now.send(AtCommand.of("AT").within(READY_LIMIT));
            return true; // whatever it answered, it is there
        } catch (AtException e) {
            return false;
        }
    }

    private String ask(String name) throws ModemException {
        return engine().send(AtCommand.of("AT" + name)).text(name).orElse("");
    }

    private int functionality() throws ModemException {
        Optional<String> level = engine().send(AtCommand.of("AT+CFUN?")).value("+CFUN");
        return level.map(text -> AtText.fields(text).get(0).equals("1") ? 1 : 0).orElse(1);
    }

    @Override
    public void restartCard(Duration limit) throws ModemException {
        long deadline = deadline(limit);
        abandonBearer(); // it ends with the radio
        require(until(deadline, "AT+CFUN=4"), "switching the radio off");
        require(until(deadline, "AT+CFUN=1"), "switching the radio on");
        registration.expectOutcome();
        awaitCard(deadline);
    }

    /** The card answers, or the limit is over. */
    private void awaitCard(long deadline) throws ModemException {
        AtAnswer answer = engine().send(until(deadline, CARD_STATE));
        while (!answer.value("+CPIN")
                .map(text -> AtText.unquote(text).equals("READY"))
                .orElse(false)) {
            if (nanoTime.getAsLong() - deadline >= 0) {
                throw new ModemException(
                        "the card is not ready: " + answer.result().text());
            }
            registration.awaitNews(CARD_POLL);
            answer = engine().send(until(deadline, CARD_STATE));
        }
    }

    @Override
    public Registration register(Duration limit) throws ModemException {
        Registration where = registration.register(engine(), limit);
        recovery.works();
        return where;
    }

    @Override
    public void deregister(Duration limit) throws ModemException {
        abandonBearer(); // it ends with the registration
        require(AtCommand.of("AT+COPS=2").waitedFor(limit), "leaving the network");
    }

    @Override
    public Bearer open(String apn, Duration limit) throws ModemException {
        if (!APN.matcher(apn).matches()) {
            throw new IllegalArgumentException("not an access point name: " + apn.length() + " characters");
        }
        long deadline = deadline(limit);
        boolean wasOpen = bearer != null;
        abandonBearer();
        boolean differs = !apn.equalsIgnoreCase(apnInUse(deadline));
        if (wasOpen || differs) { // an active one cannot be redefined
            AtAnswer unused = engine().send(until(deadline, CLOSING));
        }
        if (differs) {
            require(until(deadline, "AT+CGDCONT=" + CID + ",\"IP\",\"" + apn + '"'), "defining the access point");
        }
        AtAnswer on = engine().send(until(deadline, "AT+CGACT=1," + CID));
        if (!on.isOk()) {
            throw NetworkCause.refusal(engine(), "no bearer", on.result());
        }
        AtAnswer address = engine().send(until(deadline, "AT+CGPADDR=" + CID));
        AtBearer opened = AtBearer.open(engine(), AtBearer.Context.of(CID, address), hasForwarder, CLOSING);
        bearer = opened;
        return opened;
    }

    /** Written only on difference: some modems keep it in flash, and some lose their registration over it. */
    private String apnInUse(long deadline) throws ModemException {
        return engine().send(until(deadline, "AT+CGDCONT?")).values("+CGDCONT").stream()
                .map(AtText::fields)
                .filter(fields -> fields.get(0).equals(Integer.toString(CID)) && fields.size() > 2)
                .map(fields -> fields.get(2))
                .findFirst()
                .orElse("");
    }

    /** The modem is not asked: it does not answer, or ends the context for another reason. */
    private void abandonBearer() {
        AtBearer now = bearer;
        bearer = null;
        if (now != null) {
            now.abandon();
        }
    }

    private void dropBearer() {
        AtBearer now = bearer;
        bearer = null;
        if (now != null) {
            now.close();
        }
    }

    /** TS 27.007 8.5: 0 is -113 dBm, each step is 2 dB, 99 is not known. */
    @Override
    public OptionalInt signal() throws ModemException {
        Optional<String> level = engine().send(AtCommand.of("AT+CSQ")).value("+CSQ");
        String rssi = level.map(text -> AtText.fields(text).get(0)).orElse("99");
        return rssi.matches("[12]?\\d|3[01]") ? OptionalInt.of(-113 + 2 * Integer.parseInt(rssi)) : OptionalInt.empty();
    }

    @Override
    public UiccChannel openChannel(byte[] aid) throws ModemException {
        return AtUicc.open(engine(), aid.clone());
    }

    private AtEngine engine() throws ModemException {
        AtEngine now = engine;
        if (now == null) {
            throw new ModemException("the modem was not started");
        }
        return now;
    }

    private void require(AtCommand command, String purpose) throws ModemException {
        AtAnswer answer = engine().send(command);
        if (!answer.isOk()) {
            throw new ModemException(
                    purpose + ": " + command + ": " + answer.result().text());
        }
    }

    private long deadline(Duration limit) {
        return nanoTime.getAsLong() + limit.toNanos();
    }

    /** A command whose answer is not waited for longer than until then. */
    private AtCommand until(long deadline, String text) {
        long left = Math.max(1, deadline - nanoTime.getAsLong());
        return AtCommand.of(text).waitedFor(Duration.ofNanos(left));
    }

    @Override
    public void close() {
        dropBearer();
        engine = null;
        identity = null;
        recovery.close();
    }
}
