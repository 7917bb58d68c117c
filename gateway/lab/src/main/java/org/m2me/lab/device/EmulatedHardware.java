// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.m2me.hal.emulated.EmulatedModem;
import org.m2me.hal.emulated.EmulatedWlan;
import org.m2me.hal.emulated.Hotspot;
import org.m2me.hal.emulated.Radio;
import org.m2me.lab.fault.Interference;
import org.m2me.lab.network.LabNetwork;
import org.m2me.lab.network.LabSettings;
import org.m2me.lab.radio.Carried;
import org.m2me.lab.radio.TcpHotspot;
import org.m2me.lab.radio.TcpRadio;
import org.m2me.lab.trace.AirMeter;
import org.m2me.lab.trace.MeteredRadio;

/** What one device has beside its board: a modem and a WLAN module, with all networks of the lab in reach. */
public final class EmulatedHardware implements AutoCloseable {
    private static final int LOUDEST_SIGNAL = -71; // dBm
    private static final int SIGNAL_STEP = 6; // dB from one network to the next

    private final EmulatedModem modem;
    private final EmulatedWlan wlan;
    private final Supplier<Duration> clockOffset;
    private final Carried carried;

    /**
     * Switches both on.
     *
     * @param attached told the network and the subscription of each attachment
     */
    public EmulatedHardware(
            LabDevice device, LabNetwork network, AirMeter meter, Air air, BiConsumer<String, String> attached)
            throws IOException {
        String label = device.ueid().hex();
        this.clockOffset = () -> air.interference().clockOffset(device.toString());
        TcpRadio antenna = new TcpRadio(() -> reachable(network), air.random());
        this.carried = antenna.carried();
        Radio waves = air.interference().radio(device.toString(), antenna);
        Radio radio = new MeteredRadio(waves, meter, attached);
        this.modem = new EmulatedModem(radio, imei(device.number()), EmulatedModem.RETRY_AFTER, air.nanoTime());
        modem.pressPowerKey();
        Hotspot hotspot = air.interference()
                .hotspot(
                        device.toString(),
                        new TcpHotspot(label, () -> Map.of(LabSettings.HOTSPOT, network.hotspot()), air.random()));
        this.wlan = new EmulatedWlan(name -> {
            Hotspot.Joined joined = hotspot.join(name);
            return new Hotspot.Joined(MeteredRadio.metered(joined.session(), meter), joined.dhcpOptions());
        });
    }

    /** What emulated radios need of the real world. */
    public record Air(SecureRandom random, LongSupplier nanoTime, Interference interference) {}

    private static List<TcpRadio.Reachable> reachable(LabNetwork network) {
        List<TcpRadio.Reachable> reachable = new ArrayList<>();
        int signal = LOUDEST_SIGNAL;
        for (LabNetwork.Cell cell : network.cells()) {
            String plmn = cell.plmn().mcc() + cell.plmn().mnc();
            reachable.add(new TcpRadio.Reachable(new Radio.Network(plmn, cell.name(), signal), cell.signalling()));
            signal -= SIGNAL_STEP;
        }
        return reachable;
    }

    /** Type allocation code of a test device, serial number, Luhn's check digit (TS 23.003 6.2.1). */
    private static String imei(int number) {
        String digits = String.format(Locale.ROOT, "00101010%06d", number);
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            int doubled = i % 2 == 1 ? 2 * digit : digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }
        return digits + (10 - sum % 10) % 10;
    }

    /** The settings of the board that only these emulators know. */
    public Map<String, String> board() {
        Map<String, String> board = new TreeMap<>(Map.of(
                "modem.port",
                modem.port(),
                "modem.card-slot",
                modem.cardSlot(),
                "modem.lines",
                modem.lines(),
                "wlan.port",
                wlan.port()));
        Duration offset = clockOffset.get();
        if (!offset.isZero()) {
            board.put("clock.offset", Long.toString(offset.toSeconds()));
        }
        return board;
    }

    /** What the modem has sent and received. */
    Carried carried() {
        return carried;
    }

    /** Has the modem leave its network, if it is on. */
    void leave() {
        if (modem.isOn()) {
            modem.pressPowerKey();
        }
    }

    @Override
    public void close() {
        modem.close();
        wlan.close();
    }
}
