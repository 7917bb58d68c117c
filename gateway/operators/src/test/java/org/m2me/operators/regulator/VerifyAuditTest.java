// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.regulator.RegulatorFixture.OPERATOR;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Peers;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Act;
import org.m2me.operators.Regulator.Acts;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.http.JsonDocuments;
import org.m2me.operators.wiring.AddressBook;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.operators.wiring.RunningRole;
import org.m2me.operators.wiring.WiredPeers;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** The command, on files and against a regulator over HTTP. */
final class VerifyAuditTest {
    private static final String CONSOLE = "console.regulator";

    @TempDir
    Path directory;

    private RegulatorFixture regulator;
    private AddressBook book;
    private RoleHost host;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void start() throws Exception {
        regulator = new RegulatorFixture(Files.createDirectory(directory.resolve("regulator")));
        regulator.record(AuditLog.PAGE + 5);
        book = new AddressBook(Map.of());
        host = new RoleHost(book);
        RoleContext context = regulator.context;
        host.start(new RoleHost.Description(
                context, 0, (unused, peers) -> RunningRole.of(regulator.role, Regulator.class)));
        regulator.pki.write(directory, CONSOLE);
    }

    @AfterEach
    void stop() {
        host.close();
        regulator.close();
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        return VerifyAudit.run(
                words,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private int fetch(String... more) {
        URI uri = book.find("regulator").orElseThrow();
        String[] words = {
            "--anchors",
            file("ca.pem"),
            "--certificate",
            file(CONSOLE + ".pem"),
            "--key",
            file(CONSOLE + ".key"),
            uri.toString()
        };
        String[] all = new String[words.length + more.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return run(all);
    }

    @Test
    void fetchesKeepsAndVerifiesARecord() throws Exception {
        assertThat(fetch("--save", file("audit.json"))).as(said()).isZero();
        assertThat(said()).startsWith("whole: " + (AuditLog.PAGE + 5) + " entries, signed ");
        assertThat(run("--anchors", file("ca.pem"), file("audit.json"))).isZero();

        regulator.record(2);
        assertThat(fetch("--earlier", file("audit.json"))).as(said()).isZero();
        assertThat(said()).startsWith("whole: " + (AuditLog.PAGE + 7));
        assertThat(fetch("--save", file("audit.json"))).isEqualTo(2);
        assertThat(said()).contains("is there already");
    }

    @Test
    void saysTheFirstBrokenEntryOfAFile() throws Exception {
        assertThat(fetch("--save", file("audit.json"))).isZero();
        String text = Files.readString(directory.resolve("audit.json"));
        Files.writeString(
                directory.resolve("changed.json"),
                text.replaceFirst("\"procedure\":\"CHANGE\"", "\"procedure\":\"SWITCH\""));
        assertThat(run("--anchors", file("ca.pem"), file("changed.json"))).isEqualTo(1);
        assertThat(said()).startsWith("broken: entry 1: its hash is not that of its content");

        Files.writeString(directory.resolve("cut.json"), text.split("\n", -1)[0]);
        assertThat(run("--anchors", file("ca.pem"), file("cut.json"))).isEqualTo(1);
        assertThat(said()).startsWith("broken: entry 201: is missing; the regulator signed 205 entries, here are 200");

        assertThat(run("--anchors", file("ca.pem"), "--earlier", file("audit.json"), file("cut.json")))
                .isEqualTo(1);
    }

    @Test
    void findsARecordThatWasBegunAnewByAnEarlierExport() throws Exception {
        assertThat(fetch("--save", file("audit.json"))).isZero();
        try (RegulatorFixture anew = new RegulatorFixture(Files.createDirectory(directory.resolve("anew")))) {
            assertThat(anew.check(anew.pages()).number()).isZero();
            RegulatorRole role = new RegulatorRole(
                    new RoleContext(
                            directory,
                            anew.clock,
                            anew.random,
                            regulator.context.observer(),
                            regulator.context.certificate(),
                            regulator.context.key(),
                            regulator.context.anchors()),
                    new RegulatorSettings(List.of()));
            Files.write(directory.resolve("anew.json"), JsonDocuments.write(role.export(0)));
            role.close();
        }
        assertThat(run("--anchors", file("ca.pem"), file("anew.json"))).isZero();
        assertThat(run("--anchors", file("ca.pem"), "--earlier", file("audit.json"), file("anew.json")))
                .isEqualTo(1);
        assertThat(said()).startsWith("broken: entry 1: is missing; the regulator signed 205 entries, here are 0");
    }

    @Test
    void saysWhatItCannotWorkWith() throws Exception {
        Files.writeString(directory.resolve("text.json"), "entries\n");
        Files.writeString(directory.resolve("other.json"), "{\"entries\":[],\"head\":\"oA==\",\"more\":1}");
        Files.writeString(directory.resolve("empty.json"), "");
        assertUnusable("no file or address; see --help");
        assertUnusable("--anchors is missing", file("text.json"));
        assertUnusable("nothing.json: cannot be read", "--anchors", file("ca.pem"), file("nothing.json"));
        assertUnusable("text.json: document 1: is no JSON at line 1", "--anchors", file("ca.pem"), file("text.json"));
        assertUnusable(
                "other.json: document 1.more: is missing, unknown or out of range",
                "--anchors",
                file("ca.pem"),
                file("other.json"));
        assertUnusable(
                CONSOLE + ".key: has no PEM of a CERTIFICATE", "--anchors", file(CONSOLE + ".key"), file("text.json"));
        assertUnusable(
                "--key is missing",
                "--anchors",
                file("ca.pem"),
                "--certificate",
                file(CONSOLE + ".pem"),
                "https://localhost:1");
        assertUnusable(
                "regulator: regulator.export",
                "--anchors",
                file("ca.pem"),
                "--certificate",
                file(CONSOLE + ".pem"),
                "--key",
                file(CONSOLE + ".key"),
                "https://localhost:1");
        assertUnusable("--fast: no such option", "--fast");
        assertThat(run("--anchors", file("ca.pem"), file("empty.json"))).isEqualTo(1);
        assertThat(run("--help")).isZero();
    }

    private void assertUnusable(String why, String... words) {
        assertThat(run(words)).as(said()).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("verify-audit: ")
                .contains(why);
    }

    @Test
    void knowsOverHttpWhoSpeaks() throws Exception {
        Regulator asOperator = regulator("sho." + OPERATOR);
        Regulator asConsole = regulator(CONSOLE);
        asConsole.rule(RegulatorFixture.rule("no", "262-01", "", Effect.MAY_NOT_SERVE));
        assertThat(asConsole.rules()).hasSize(1);
        assertThat(asOperator
                        .permits(Act.at(OPERATOR, Procedure.CHANGE, regulator.device()))
                        .rule())
                .contains("no");

        assertForbidden(() -> asOperator.permits(Act.at(RegulatorFixture.OTHER, Procedure.CHANGE, regulator.device())));
        Acts acts = new Acts("sho." + OPERATOR, List.of(regulator.entry(What.AUTHORIZED, ResultCode.OK)));
        asOperator.record(acts);
        assertForbidden(() -> regulator("sho.262-02").record(acts));
        assertForbidden(() -> asConsole.record(acts));
        for (String another : List.of("console", "console.sho.262-01", "console.regulator.2")) {
            assertForbidden(() -> regulator(another).rules());
        }
        assertForbidden(() -> asOperator.export(0));
        assertForbidden(() -> asOperator.consent(OPERATOR, List.of(regulator.device())));
        Page page = asConsole.export(AuditLog.PAGE + 5);
        assertThat(page.entries()).hasSize(2);
        assertThat(page).isEqualTo(regulator.role.export(AuditLog.PAGE + 5));
    }

    @Test
    void takesAndListsConsentOverHttp() throws Exception {
        Regulator asConsole = regulator(CONSOLE);
        List<Ueid> devices = List.of(regulator.device(), regulator.device());
        asConsole.consent(OPERATOR, devices);
        assertThat(asConsole.consents(OPERATOR, Optional.empty())).containsExactlyInAnyOrderElementsOf(devices);
        asConsole.withdrawConsent(OPERATOR, devices.subList(0, 1));
        assertThat(asConsole.consents(OPERATOR, Optional.empty())).isEqualTo(devices.subList(1, 2));
    }

    private interface Call {
        void run() throws Refused;
    }

    private static void assertForbidden(Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(ResultCode.FORBIDDEN));
    }

    private Regulator regulator(String caller) {
        Peers peers = WiredPeers.of(regulator.pki.context(caller, directory), book);
        return peers.regulator().orElseThrow();
    }

    @Test
    void isNotThereInANetworkWithoutOne() {
        Peers peers = WiredPeers.of(regulator.pki.context("sho.262-01", directory), new AddressBook(Map.of()));
        assertThat(peers.regulator()).isEqualTo(Optional.empty());
    }
}
