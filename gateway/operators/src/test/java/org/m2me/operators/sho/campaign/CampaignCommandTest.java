// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Subscriber.Agreement;
import org.m2me.operators.TestPki;
import org.m2me.operators.store.Database;
import org.m2me.operators.wiring.AddressBook;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.operators.wiring.RunningRole;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;

/** The command against an operator and a subscriber over HTTP with mutual TLS. */
final class CampaignCommandTest {
    private static final Plmn OPERATOR = Plmn.parse("262-02");
    private static final String SHO = "sho." + OPERATOR;
    private static final String OWNER = "subscriber.fleet";

    @TempDir
    Path directory;

    private final TestPki pki = new TestPki();
    private final AddressBook book = new AddressBook(Map.of());
    private final RoleHost host = new RoleHost(book);
    private final Neighbours peers = new Neighbours();
    private final List<Agreement> agreed = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private CampaignCommand.Pause pause = () -> {
        throw new AssertionError("nobody waits");
    };
    private Database database;
    private CampaignWork work;

    @BeforeEach
    void start() throws Exception {
        database = Database.open(
                directory.resolve("sho.db"), CampaignEngine.schema().toArray(String[]::new));
        peers.set(Ivf.class, role(Ivf.class, "inquire", arguments -> answers((Ivf.Inquiry) arguments[0])));
        peers.set(Subscriber.class, role(Subscriber.class, "order", arguments -> List.of()));
        Forecast forecast =
                new Forecast(peers, new Forecast.Question(OPERATOR, "policy", Set.of("agent"), Optional.empty()));
        work = new CampaignWork(database, peers, OPERATOR, forecast, new AtOnce(), Clock.systemUTC());
        Campaigns staff = new Campaigning(database, forecast, Clock.systemUTC());
        serve(SHO, Campaigns.class, staff);
        serve(
                OWNER,
                Subscriber.class,
                role(Subscriber.class, "agree", arguments -> agreed.add((Agreement) arguments[0])));
        pki.write(directory, consoleOf(SHO));
        pki.write(directory, consoleOf(OWNER));
    }

    /** Whoever is ordered has arrived. */
    private static final class AtOnce implements Arrivals {
        @Override
        public long newest(Connection connection, Ueid device) {
            return 0;
        }

        @Override
        public Optional<ResultCode> after(Connection connection, Ueid device, long number) {
            return Optional.of(ResultCode.OK);
        }
    }

    private static String consoleOf(String role) {
        return "console." + role;
    }

    private <T> void serve(String name, Class<T> type, T role) throws Exception {
        host.start(new RoleHost.Description(
                pki.context(name, directory),
                0,
                (unused, others) -> new RunningRole(Map.of(type, role), Optional.empty(), () -> {})));
    }

    /** Every second device is not known. */
    private static List<Ivf.Answer> answers(Ivf.Inquiry inquiry) {
        return inquiry.devices().stream()
                .map(asked -> new Ivf.Answer(
                        asked.device(),
                        asked.device().hex().matches(".*[02468ace]") ? Standing.VALID : Standing.NEVER_SEEN,
                        Optional.empty()))
                .toList();
    }

    private interface Method {
        Object call(Object[] arguments);
    }

    /** A role of which one method is asked; what it answers where there is nothing to answer is dropped. */
    private static <T> T role(Class<T> type, String name, Method method) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    assertThat(called.getName()).isEqualTo(name);
                    Object answer = method.call(arguments);
                    return called.getReturnType() == void.class ? null : answer;
                }));
    }

    private String write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text).toString();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @AfterEach
    void stop() {
        host.close();
        database.close();
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        return CampaignCommand.run(
                words,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                () -> pause.pass());
    }

    private int at(String role, String... words) {
        Stream<String> first = Stream.of(
                "--at",
                book.find(role).orElseThrow().toString(),
                "--operator",
                OPERATOR.toString(),
                "--anchors",
                directory.resolve("ca.pem").toString(),
                "--certificate",
                directory.resolve(consoleOf(role) + ".pem").toString(),
                "--key",
                directory.resolve(consoleOf(role) + ".key").toString());
        return run(Stream.concat(first, Arrays.stream(words)).toArray(String[]::new));
    }

    private int start(String name, String file, String... more) {
        Stream<String> words = Stream.of("start", name, "--devices", file, "--subscriber", "fleet");
        return at(SHO, Stream.concat(words, Arrays.stream(more)).toArray(String[]::new));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private static Ueid device(int number) {
        return Ueid.hex("01" + String.format("%032x", number));
    }

    private String fleet(int devices) {
        return write(
                "fleet.csv",
                IntStream.range(0, devices).mapToObj(i -> device(i).hex()).collect(Collectors.joining("\n")));
    }

    @Test
    void bringsAFleetFromAFileOfDevicesToAFileOfOutcomes() throws Exception {
        String fleet = fleet(1_200);
        assertThat(at(OWNER, "agree", "--devices", fleet, "--subscriber", "fleet"))
                .as(said())
                .isZero();
        assertThat(said()).isEqualTo("subscriber.fleet agrees that 1200 devices go to 262-02 by CHANGE\n");
        assertThat(agreed)
                .singleElement()
                .satisfies(one -> assertThat(one.devices()).hasSize(1_200));

        assertThat(at(SHO, "dry-run", "autumn", "--devices", fleet, "--subscriber", "fleet"))
                .as(said())
                .isZero();
        assertThat(said())
                .startsWith("1200 devices; the PVA would have to validate 600\n")
                .contains("VALID              600   50 %");
        assertThat(at(SHO, "show", "autumn")).isEqualTo(1);
        assertThat(said()).isEqualTo("campaign: refused: NOT_FOUND: " + ResultCode.NOT_FOUND.words() + "\n");

        String[] fast = {"--wave", "500", "--under-way", "1000", "--starts", "9999", "--validations", "9999"};
        assertThat(start("autumn", fleet, fast)).as(said()).isZero();
        assertThat(said())
                .startsWith("autumn: RUNNING, wave 1 of 3, 1200 devices, begun ")
                .contains("WAITING           1200  100 %");
        pause = work::look;
        assertThat(at(SHO, "show", "autumn", "--wait")).as(said()).isZero();
        assertThat(said()).contains("autumn: ENDED, wave 3 of 3").contains("DONE              1200  100 %  ####");

        Path outcomes = directory.resolve("outcomes.csv");
        assertThat(at(SHO, "export", "autumn", outcomes.toString())).as(said()).isZero();
        assertThat(Files.readAllLines(outcomes))
                .hasSize(1_201)
                .startsWith("device,wave,outcome,code,tries,ordered,ended")
                .element(1_200)
                .asString()
                .matches(device(1_199) + ",3,DONE,OK,1,20[^,]+Z,20[^,]+Z");
        assertThat(at(SHO, "export", "autumn", outcomes.toString())).isEqualTo(2);
        assertThat(said()).contains("is there already");
        assertThat(DeviceFile.read(outcomes)).hasSize(1_200).endsWith(device(1_199));
    }

    @Test
    void opensNothingWithTheCertificateOfAnotherRolesConsole() {
        String certificate = directory.resolve(consoleOf(OWNER) + ".pem").toString();
        String key = directory.resolve(consoleOf(OWNER) + ".key").toString();
        assertThat(at(SHO, "list", "--certificate", certificate, "--key", key)).isEqualTo(1);
        assertThat(said()).startsWith("campaign: refused: FORBIDDEN");
    }

    @Test
    void pausesResumesAndCancels() {
        assertThat(start("autumn", fleet(4), "--window", "22:00-04:00")).isZero();
        assertThat(at(SHO, "pause", "autumn")).isZero();
        assertThat(said()).contains("autumn: PAUSED").contains("paused by the operator's staff");
        assertThat(at(SHO, "resume", "autumn")).isZero();
        assertThat(said()).contains("autumn: RUNNING");
        assertThat(at(SHO, "cancel", "autumn")).isZero();
        assertThat(at(SHO, "show", "autumn", "--wait")).isEqualTo(1);
        assertThat(said()).contains("autumn: CANCELLED").contains("CANCELLED            4  100 %");
        assertThat(at(SHO, "resume", "autumn")).isEqualTo(1);
        assertThat(said()).startsWith("campaign: refused: FORBIDDEN");
        assertThat(at(SHO, "list")).isZero();
        assertThat(said().lines().skip(1)).singleElement().asString().matches("autumn +CANCELLED +1/1( +0){5}");
    }

    @Test
    void doesNothingWithAFileOfWhichALineIsWrong() throws Exception {
        String fleet = write(
                "wrong.csv",
                "# ours\r\n\r\n" + device(1) + "\r\nhello\r\n" + device(1).hex().toUpperCase(Locale.ROOT) + "\r\n"
                        + device(2) + "0\r\n");
        assertThat(start("autumn", fleet)).isEqualTo(2);
        assertThat(said()).isEqualTo("campaign: " + fleet + """
                : nothing was done
                  line 4: is no UEID: wants 01 and 32 hexadecimal digits
                  line 5: has the device of line 3 again
                  line 6: is no UEID: wants 01 and 32 hexadecimal digits
                """);
        assertThat(at(SHO, "list")).isZero();
        assertThat(said().lines()).as("campaigns").hasSize(1);
    }

    @Test
    void findsTheDevicesInTheColumnThatTheFirstLineNames() throws Exception {
        String named = write(
                "named.csv",
                "\uFEFFplace,\"Device\",since\n\"Main St. 1, left\",\"" + device(1) + "\",2024\ncellar," + device(2)
                        + "\n");
        assertThat(DeviceFile.read(Path.of(named))).containsExactly(device(1), device(2));
        assertUnusable("nothing.csv: cannot be read", "--devices", "nothing.csv");
        assertUnusable("empty.csv: 0 devices, wants 1 to 100000", "--devices", write("empty.csv", "device\n"));
        assertUnusable("line 2: is no UEID", "--devices", write("short.csv", "a,device\n1\n"));
        String many = IntStream.range(0, 15).mapToObj(Integer::toString).collect(Collectors.joining("\n"));
        assertUnusable("\n  and 5 more", "--devices", write("many.csv", many));
    }

    @Test
    void saysWhatItCannotWorkWith() {
        String fleet = fleet(1);
        assertThat(run("--help")).isZero();
        assertThat(run()).isEqualTo(2);
        assertThat(said()).isEqualTo("campaign: wants an action; see --help\n");
        assertThat(run("destroy", "autumn")).isEqualTo(2);
        assertThat(said()).contains("destroy: no such action");
        assertThat(run("pause", "autumn")).isEqualTo(2);
        assertThat(said()).contains("--anchors is missing");
        assertThat(run("pause")).isEqualTo(2);
        assertThat(said()).contains("pause: wants 1 word after it, has 0");
        assertUnusable("--wave x: is no number", "--devices", fleet, "--wave", "x");
        assertUnusable("limits: wave is 0, wants 1 to 100000", "--devices", fleet, "--wave", "0");
        assertUnusable("--device-time 1h: wants a time", "--devices", fleet, "--device-time", "1h");
        assertUnusable("--window 22-4: wants two times", "--devices", fleet, "--window", "22-4");
        assertUnusable("--window 22:00: wants two times", "--devices", fleet, "--window", "22:00");
        assertUnusable("--procedure leave: wants", "--devices", fleet, "--procedure", "leave");
        assertUnusable("SWITCH brings no device to an operator", "--devices", fleet, "--procedure", "switch");
        assertUnusable("--operator: PLMN", "--devices", fleet, "--operator", "262");
        assertUnusable("http://localhost: is no address", "--devices", fleet, "--at", "http://localhost");
        assertUnusable("--fast: no such option", "--fast");
    }

    private void assertUnusable(String why, String... words) {
        Stream<String> first = Stream.of("start", "autumn", "--subscriber", "fleet");
        assertThat(at(SHO, Stream.concat(first, Arrays.stream(words)).toArray(String[]::new)))
                .as(said())
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("campaign: ")
                .contains(why);
    }
}
