// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.m2me.hal.at.AtLog;
import org.m2me.hal.at.AtModem;
import org.m2me.hal.at.AtPort;
import org.m2me.hal.at.AtTiming;
import org.m2me.hal.at.AtWlan;
import org.m2me.hal.at.RecoveryEvent;
import org.m2me.hal.at.RecoveryLimits;
import org.m2me.hal.at.RecoveryRung;
import org.m2me.hal.card.VpcdCardSlot;

/** Opens boards as their files describe them. */
public final class Boards {
    private static final System.Logger AT_LOG = System.getLogger("org.m2me.hal.at.bytes");
    private static final System.Logger RECOVERY_LOG = System.getLogger("org.m2me.hal.at.recovery");
    private static final System.Logger LIGHTS_LOG = System.getLogger(Lights.class.getName());

    private Boards() {}

    /**
     * Opens a board. Ports are opened when something is first asked of them.
     *
     * @param overrides values known only now, by the names of the file's keys; an empty one removes its key
     * @param state the directory for what must survive a restart; made if there is none
     * @param nanoTime for limits and the log of the ports, such as {@link System#nanoTime}
     */
    public static Board open(BoardFile file, Map<String, String> overrides, Path state, LongSupplier nanoTime)
            throws IOException {
        BoardFile board = file.with(overrides);
        Optional<String> modemPort = board.value(BoardFile.Key.MODEM_PORT);
        Optional<ModemLines> lines = board.value(BoardFile.Key.MODEM_LINES).map(SocketModemLines::at);
        Optional<String> wlanPort = board.value(BoardFile.Key.WLAN_PORT);
        return new DescribedBoard(
                board.required(BoardFile.Key.MODEL),
                modemPort.map(
                        port -> new AtModem(wiring(port, lines), AtTiming.MODEM, nanoTime, log("modem", nanoTime))),
                board.value(BoardFile.Key.MODEM_CARD_SLOT).map(Boards::slotAt),
                wlanPort.map(port -> new AtWlan(opener(port), nanoTime, log("wlan", nanoTime))),
                new FileStorage(state),
                board.required(BoardFile.Key.WATCHDOG).equals("systemd")
                        ? new SystemdWatchdog(List.of("systemd-notify"), SystemdWatchdog.EVERY)
                        : () -> {},
                board.required(BoardFile.Key.LIGHTS).equals("log")
                        ? signal -> LIGHTS_LOG.log(System.Logger.Level.INFO, "lights: {0}", signal)
                        : signal -> {},
                board.required(BoardFile.Key.TAMPER).equals("file") ? new FileTamperInput(state) : new NoTamperInput(),
                Duration.ofSeconds(
                        Long.parseLong(board.value(BoardFile.Key.CLOCK_OFFSET).orElse("0"))));
    }

    private static AtPort.Opener opener(String address) {
        return () -> AtPort.open(address);
    }

    private static AtModem.Wiring wiring(String port, Optional<ModemLines> lines) {
        return new AtModem.Wiring(
                opener(port),
                lines,
                RecoveryLimits.MODEM,
                event -> RECOVERY_LOG.log(
                        event.outcome() == RecoveryEvent.Outcome.HELPED && event.rung() == RecoveryRung.RESYNCHRONISE
                                ? System.Logger.Level.DEBUG // every start begins so
                                : System.Logger.Level.INFO,
                        "modem: {0}",
                        event));
    }

    private static CardSlot slotAt(String address) {
        URI uri = URI.create(address);
        return new VpcdCardSlot(new InetSocketAddress(uri.getHost(), uri.getPort()));
    }

    private static AtLog log(String port, LongSupplier nanoTime) {
        return new AtLog(line -> AT_LOG.log(System.Logger.Level.DEBUG, "{0} {1}", port, line), nanoTime);
    }

    /** A case without a switch. */
    private static final class NoTamperInput implements TamperInput {
        @Override
        public boolean isOpened() {
            return false;
        }

        @Override
        public void onOpened(Runnable listener) {
            // It is never called: there is nothing to notice.
        }
    }
}
