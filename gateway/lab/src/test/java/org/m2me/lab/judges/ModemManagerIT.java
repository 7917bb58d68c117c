// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's ModemManager drives the emulated modem until it is registered, as each of the modems that it knows. */
@Timeout(300)
class ModemManagerIT {
    private static final String MANAGER = "org.freedesktop.ModemManager1";
    private static final String POLICY = "org.freedesktop.PolicyKit1";

    @TempDir
    private Path directory = Path.of("");

    private JudgedModem modem;
    private PrivateBus bus;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        DebianDaemon.require("ModemManager", "modemmanager");
        DebianDaemon.require("mmcli", "modemmanager");
        modem = new JudgedModem();
        bus = new PrivateBus(directory);
        boolean canImitatePolicy =
                bus.run("/usr/bin/python3", "-c", "import dbusmock").status() == 0;
        assumeTrue(canImitatePolicy, "dbusmock is not installed: Debian package python3-dbusmock");
        bus.start("/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "polkitd");
        bus.await(
                "a policy that allows everything",
                () -> bus.call(
                                        POLICY,
                                        "/org/freedesktop/PolicyKit1/Authority",
                                        "org.freedesktop.DBus.Mock.AllowUnknown",
                                        "true")
                                .status()
                        == 0);
        bus.start("ModemManager", "--debug", "--test-enable", "--test-no-udev", "--no-auto-scan", "--test-no-qrtr");
    }

    @AfterEach
    void stop() throws Exception {
        if (bus != null) {
            bus.close();
        }
        if (modem != null) {
            modem.stop();
        }
    }

    private PrivateBus.Output mmcli(String... arguments) throws IOException, InterruptedException {
        String[] words = new String[arguments.length + 3];
        words[0] = "mmcli";
        words[1] = "-m";
        words[2] = "any";
        System.arraycopy(arguments, 0, words, 3, arguments.length);
        return bus.run(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"generic", "quectel", "simtech", "telit", "sierra", "cinterion"})
    void bringsTheModemToRegistered(String profile) throws Exception {
        Path port = directory.resolve("port");
        modem.listenAt(port);
        bus.await(
                "ModemManager",
                () -> bus.call(
                                        MANAGER,
                                        "/org/freedesktop/ModemManager1",
                                        MANAGER + ".Test.SetProfile",
                                        "test",
                                        profile,
                                        "['" + port + "']")
                                .status()
                        == 0);
        bus.await("the modem", () -> mmcli("-K").status() == 0);
        bus.await("enabled", () -> mmcli("--enable").status() == 0);
        bus.await("registered", () -> mmcli("-K").text().matches("(?s).*modem\\.generic\\.state +: registered\n.*"));

        assertThat(mmcli("-K").text())
                .containsPattern("modem\\.generic\\.plugin +: " + profile + "\n")
                .containsPattern("modem\\.generic\\.equipment-identifier +: " + JudgedModem.IMEI + "\n")
                .containsPattern("modem\\.3gpp\\.registration-state +: roaming\n")
                .containsPattern("modem\\.3gpp\\.operator-code +: " + JudgedModem.PLMN + "\n")
                .containsPattern("modem\\.3gpp\\.packet-service-state +: attached\n");
        assertThat(mmcli("--command=AT+CIMI").text()).contains(JudgedModem.IMSI);
    }
}
