// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.m2me.lab.Lab;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.network.LabNetwork;

/** How to talk to a lab that is kept running. */
public final class Guide {
    private static final String OWNER = "subscriber.fleet";
    private static final String REGULATOR = "regulator";
    private static final String SUPPLIER = "supplier.acme";
    private static final String LINE = "line.acme";
    private static final String JSON = " -H 'Content-Type: application/json'";

    /** So many devices are listed; the others are in the same folder. */
    private static final int DEVICES_MAX = 5;

    private final Terminal terminal;

    public Guide(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Writes the files that are needed, and says what can be asked where. */
    public void show(Lab lab, List<DeviceRun> runs) throws IOException {
        LabNetwork network = lab.network();
        Path directory = lab.directory();
        network.writeConsoleFiles(directory);
        terminal.line("");
        terminal.line(terminal.styled(Style.HEADING, "Everything keeps running until you press Ctrl-C."));
        terminal.line("Files: " + directory);
        terminal.line("Gateway: " + network.gatewayUri());
        terminal.line("Roles, each with its interfaces at /openapi.json and its state at /health:");
        for (String name : network.roleNames()) {
            terminal.line(String.format(Locale.ROOT, "  %-18s %s", name, network.uri(name)));
        }
        terminal.line("Ask one; each has a console of its own:");
        terminal.line(curl(directory, "ivf") + " " + network.uri("ivf") + "/openapi.json");
        terminal.line("The newest telemetry of device 1:");
        terminal.line(curl(directory, OWNER) + JSON + " -d '{\"device\":\""
                + runs.get(0).device().ueid() + "\"}' " + network.uri(OWNER) + "/v1/subscriber/telemetry");
        terminal.line(
                "With whom device 1 works, as its owner has entered it, and the number of the entry that it has:");
        terminal.line(curl(directory, OWNER) + JSON + " -d '{\"device\":\""
                + runs.get(0).device().ueid() + "\"}' " + network.uri(OWNER) + "/v1/subscriber/activation");
        holds(curl(directory, Lab.SHO) + JSON, network, runs);
        regulator(curl(directory, REGULATOR) + JSON, network, directory, runs);
        campaign(network, directory, runs);
        terminal.line(
                "Their supplier withdraws a version of the agent as known to be bad; which devices' results that voids"
                        + " (1,000 at a time: more with \"after\":\"DEVICE\"):");
        terminal.line(
                curlAs(directory, LINE) + JSON + " -d '{\"what\":{\"component\":{\"name\":\"agent\",\"version\":\""
                        + Lab.VERSION + "\"}}}' " + network.uri(SUPPLIER) + "/v1/supplier/withdraw");
        terminal.line("The status of a device's credential, by its serial number (0x…):");
        terminal.line("  openssl ocsp -url " + network.ocsp() + " -issuer " + directory.resolve("devices.pem")
                + " -CAfile " + directory.resolve("devices.pem") + " -serial 0x1");
        terminal.line("Put subscriptions of a profile package or CSV file into the operator's pool:");
        terminal.line("  gateway/operators/import-profiles --sho " + network.operatorDirectory(Lab.OPERATOR)
                + " --certificate " + directory.resolve("sho.pem") + " --key " + directory.resolve("sho.key")
                + " FILE");
        devices(runs);
    }

    private static String curl(Path directory, String role) {
        return curlAs(directory, "console." + role);
    }

    private static String curlAs(Path directory, String name) {
        return "  curl --cacert " + directory.resolve("ca.pem") + " --cert " + directory.resolve(name + ".pem")
                + " --key " + directory.resolve(name + ".key");
    }

    private static String credentials(Path directory, String role) {
        return " --anchors " + directory.resolve("ca.pem") + " --certificate "
                + directory.resolve("console." + role + ".pem") + " --key "
                + directory.resolve("console." + role + ".key");
    }

    /** A device that was refused for good is held by its operator, and a person lifts that. */
    private void holds(String curl, LabNetwork network, List<DeviceRun> runs) {
        String last = runs.get(runs.size() - 1).device().ueid().toString();
        terminal.line("The devices that the operator holds because their validation was refused for good:");
        terminal.line(curl + " -d '{}' " + network.uri(Lab.SHO) + "/v1/sho/holds");
        terminal.line("Lift one (device " + runs.size() + "), after what was wrong with it was put right:");
        terminal.line(curl + " -d '{\"device\":\"" + last + "\"}' " + network.uri(Lab.SHO) + "/v1/sho/lift");
        terminal.line("A refused device asks again by itself: here in about a minute, in the field in about a day.");
    }

    /** All of them change to the other operator. */
    private void campaign(LabNetwork network, Path directory, List<DeviceRun> runs) throws IOException {
        Path fleet = directory.resolve("fleet.csv");
        Files.write(
                fleet, runs.stream().map(run -> run.device().ueid().toString()).toList(), StandardCharsets.US_ASCII);
        String devices = " --devices " + fleet + " --subscriber fleet";
        String operator = " --operator " + Lab.OTHER_OPERATOR;
        String name = "sho." + Lab.OTHER_OPERATOR;
        String sho = operator + credentials(directory, name) + " --at " + network.uri(name);
        String owner = operator + credentials(directory, OWNER) + " --at " + network.uri(OWNER);
        terminal.line(
                "Have all devices change to " + Lab.OTHER_OPERATOR + ": their owner agrees, the operator begins:");
        terminal.line("  gateway/operators/campaign agree" + devices + owner);
        terminal.line("  gateway/operators/campaign start all" + devices + sho);
        terminal.line("  gateway/operators/campaign show all --wait" + sho);
    }

    /** Who may serve, and the record of what was done. */
    private void regulator(String curl, LabNetwork network, Path directory, List<DeviceRun> runs) {
        String at = network.uri(REGULATOR) + "/v1/regulator/";
        String device = runs.get(0).device().ueid().toString();
        terminal.line("What was ordered, authorised, delivered, discarded and reported, as the regulator has it:");
        terminal.line(curl + " -d '{\"after\":0}' " + at + "export");
        terminal.line("Verify that record, and keep it:");
        terminal.line("  gateway/operators/verify-audit" + credentials(directory, REGULATOR) + " --save "
                + directory.resolve("audit.json") + " " + network.uri(REGULATOR));
        terminal.line("From now on a change to " + Lab.OTHER_OPERATOR + " needs the regulator's consent:");
        terminal.line(curl + " -d '{\"rule\":{\"name\":\"ask-first\",\"operator\":\"" + Lab.OTHER_OPERATOR
                + "\",\"effect\":\"CHANGE_NEEDS_CONSENT\"}}' " + at + "rule");
        terminal.line("Consent for device 1:");
        terminal.line(curl + " -d '{\"operator\":\"" + Lab.OTHER_OPERATOR + "\",\"devices\":[\"" + device + "\"]}' "
                + at + "consent");
    }

    private void devices(List<DeviceRun> runs) {
        for (DeviceRun run : runs.subList(0, Math.min(DEVICES_MAX, runs.size()))) {
            terminal.line(
                    "Device " + run.device().number() + ": " + run.device().directory());
            terminal.line("  agent/target/dist/bin/agent status --config "
                    + run.device().configuration());
            terminal.line("  its modem speaks AT at " + run.board().get("modem.port"));
        }
    }
}
