// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.m2me.hal.card.VpcdReader;
import org.m2me.hal.emulated.AtRefusal.Why;

/**
 * A cellular modem without hardware. Hosts speak AT to it on a loopback socket; its card is whatever connects to its
 * card slot; its air is a {@link Radio}. It registers by itself when it is on and a card is in.
 */
public final class EmulatedModem implements AutoCloseable {
    /** TS 24.008 waits 15 s (T3311) between tries so as not to burden a network; an emulated one can bear more. */
    public static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private static final String NO_REFUSAL = "No cause information available";

    private final Radio radio;
    private final VpcdReader slot;
    private final CardAccess card;
    private final CardChannels channels;
    private final Registrar registrar;
    private final UdpForwarder forwarder;
    private final PacketContexts contexts;
    private final AtServer server;
    private final TroubleFilter trouble;
    private final LineServer lines;

    private volatile boolean on;
    private volatile int functionality = 1;
    private volatile String lastRefusal = NO_REFUSAL;

    /**
     * A modem that is off, with an empty slot.
     *
     * @param imei 15 digits
     * @param retryAfter between tries to register; {@link #RETRY_AFTER} unless a test is in a hurry
     * @param nanoTime for limits
     */
    public EmulatedModem(Radio radio, String imei, Duration retryAfter, LongSupplier nanoTime) throws IOException {
        this.radio = radio;
        this.slot = new VpcdReader(this::onCard);
        this.card = new CardAccess(slot);
        this.channels = new CardChannels(card);
        this.registrar = new Registrar(
                new Registrar.Surroundings(radio, card, imei, retryAfter, nanoTime), new RegistrationReports());
        this.forwarder = new UdpForwarder(this::session);
        this.contexts = new PacketContexts(registrar, forwarder, cause -> lastRefusal = "SM cause " + cause);
        Map<String, AtHandler> commands = new HashMap<>();
        commands.putAll(BasicCommands.of(new BasicCommands.Identity("M2ME", "Emulated modem", "1", imei)));
        commands.putAll(CardCommands.of(card, registrar, channels));
        commands.putAll(NetworkCommands.of(this, registrar));
        commands.putAll(PacketCommands.of(contexts, forwarder, this::packetEvent));
        this.trouble = new TroubleFilter(nanoTime, this::restart);
        this.server = new AtServer(commands, () -> on, trouble);
        this.lines = new LineServer(this);
        slot.start();
        server.start();
        lines.start();
    }

    private Optional<Radio.Session> session(int cid) {
        return contexts.session(cid);
    }

    /** Where hosts find it: {@code tcp://127.0.0.1:port}. */
    public String port() {
        return "tcp://127.0.0.1:" + server.address().getPort();
    }

    /** Offers its port on a Unix socket, too. The file must not be there yet; closing removes it. */
    public void listenAt(Path socket) throws IOException {
        server.listenAt(socket);
    }

    /** Serves one host on this thread until it leaves. */
    void serve(ByteChannel host) {
        server.serve(host);
    }

    /** Where a card finds it: {@code tcp://127.0.0.1:port}, protocol vpcd. */
    public String cardSlot() {
        return "tcp://127.0.0.1:" + slot.address().getPort();
    }

    /** Where a board finds its reset line, its power key and its status line: {@code tcp://127.0.0.1:port}. */
    public String lines() {
        return "tcp://127.0.0.1:" + lines.address().getPort();
    }

    /** Gets into a state in which it takes no commands, or out of it. */
    public void getInto(Trouble state) {
        trouble.enter(state);
    }

    /** The state in which it takes no commands, if it is in one. */
    public Trouble trouble() {
        return trouble.now();
    }

    /** Pulls the reset line: it starts anew, and falls off its bus meanwhile. */
    public void pullReset() {
        if (trouble.now() == Trouble.LOCKED_UP) {
            return;
        }
        trouble.enter(Trouble.NONE);
        server.dropHosts();
        if (on) {
            restart();
        }
    }

    /** Presses the power key, which is a toggle: on, or off. */
    public synchronized void pressPowerKey() {
        if (on) {
            powerOff();
        } else {
            powerOn();
        }
    }

    public boolean isOn() {
        return on;
    }

    /** Pulls the port away from every host, as when a USB modem falls off its bus; they may connect again. */
    public void dropHosts() {
        server.dropHosts();
    }

    private synchronized void powerOn() {
        server.broadcast(AtTerminal::resetSettings);
        on = true;
        server.broadcast(terminal -> terminal.unsolicited("RDY"));
        functionality = 0;
        setFunctionality(1);
    }

    synchronized void powerOff() {
        setFunctionality(0);
        server.broadcast(terminal -> terminal.unsolicited("NORMAL POWER DOWN"));
        on = false;
        trouble.enter(Trouble.NONE);
    }

    /** AT+CFUN=1,1. */
    synchronized void restart() {
        setFunctionality(0);
        powerOn();
    }

    int functionality() {
        return functionality;
    }

    /** 1 is everything; 0 and 4 are without radio. Coming back to 1 the modem reads its card again. */
    synchronized void setFunctionality(int level) {
        if (functionality == level) {
            return;
        }
        functionality = level;
        if (level == 1) {
            startCard();
        } else {
            detach();
        }
    }

    private void startCard() {
        channels.forget();
        if (card.isPresent()) {
            server.broadcast(terminal -> terminal.unsolicited("+CPIN: READY"));
            registrar.restart();
        }
    }

    /** Leaves the network, and looks for none. */
    void detach() {
        boolean was = registrar.stat().isRegistered();
        contexts.deactivateAll();
        registrar.stop();
        if (was) {
            packetEvent("ME DETACH");
        }
    }

    /** Waits until a card that is just coming was noticed: its first search is the one that a host asks for. */
    synchronized void requireCard() throws AtRefusal {
        if (!card.isPresent()) {
            throw new AtRefusal(Why.NO_CARD);
        }
    }

    Radio radio() {
        return radio;
    }

    /** What AT+CEER tells. */
    String lastRefusal() {
        return lastRefusal;
    }

    private void packetEvent(String event) {
        server.broadcast(terminal -> {
            if (terminal.settings().packetEvents > 0) {
                terminal.unsolicited("+CGEV: " + event);
            }
        });
    }

    /** A card came or went. */
    private synchronized void onCard(boolean present) {
        if (!on || functionality != 1) {
            return;
        }
        if (present) {
            contexts.deactivateAll();
            startCard();
        } else {
            channels.forget();
            contexts.deactivateAll();
            registrar.cardRemoved();
            server.broadcast(terminal -> terminal.unsolicited("+CPIN: NOT INSERTED"));
        }
    }

    /** Tells hosts what happens to the registration. */
    private final class RegistrationReports implements Registrar.Listener {
        @Override
        public void onStat(Registrar.Stat stat) {
            if (stat.isRegistered()) {
                lastRefusal = NO_REFUSAL;
            }
            server.broadcast(terminal -> NetworkCommands.report(stat, terminal));
        }

        @Override
        public void onDetached() {
            contexts.deactivateAll();
            packetEvent("NW DETACH");
        }

        @Override
        public void onRefused(int cause) {
            lastRefusal = "GMM cause " + cause;
        }
    }

    @Override
    public void close() {
        on = false;
        slot.close();
        contexts.deactivateAll();
        registrar.close();
        server.close();
        lines.close();
        forwarder.close();
    }
}
