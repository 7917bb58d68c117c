// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Answer;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.TestPki;
import org.m2me.operators.Unavailable;
import org.m2me.operators.ivf.IvfRole;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** Two operators and a real IVF behind addresses where nobody listens: whoever is heard there was called as an object. */
final class HousemateTest {
    private static final String IVF = "ivf";
    private static final String HOME = "sho.262-01";
    private static final String OTHER = "sho.262-02";
    private static final Ueid DEVICE = Ueid.hex("01" + "00".repeat(16));

    @TempDir
    Path directory;

    private final TestPki pki = new TestPki();
    private final AddressBook book = new AddressBook(Map.of());
    private final Map<String, Peers> peers = new HashMap<>();
    private final Socket nobody = new Socket();
    private Optional<RoleHost> host = Optional.empty();

    @BeforeEach
    void takeAPort() throws IOException {
        nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // and does not listen
    }

    @AfterEach
    void stop() throws IOException {
        host.ifPresent(RoleHost::close);
        nobody.close();
    }

    private RoleHost start(Grouping grouping, RoleHost.Front front) throws IOException {
        RoleHost started = new RoleHost(book, front, grouping);
        host = Optional.of(started);
        var pva = pki.context("pva", directory).certificate();
        started.start(new RoleHost.Description(
                pki.context(IVF, Files.createDirectories(directory.resolve(IVF))),
                0,
                (context, unused) -> RunningRole.of(new IvfRole(context, pva), Ivf.class)));
        for (String operator : List.of(HOME, OTHER)) {
            started.start(new RoleHost.Description(pki.context(operator, directory), 0, (context, its) -> {
                peers.put(operator, its);
                return RunningRole.of(() -> {});
            }));
        }
        return started;
    }

    private RoleHost startBehindNobody(Grouping grouping) throws IOException {
        return start(grouping, (name, served) -> URI.create("https://localhost:" + nobody.getLocalPort()));
    }

    private Ivf ivfOf(String operator) {
        return Optional.ofNullable(peers.get(operator)).orElseThrow().ivf();
    }

    /** The IVF's answer to an operator that nobody permitted to ask. */
    private static List<Answer> ask(Ivf ivf, String operator) throws Refused {
        return ivf.inquire(new Ivf.Inquiry(
                Plmn.parse(operator.substring("sho.".length())),
                "policy",
                Set.of(),
                Optional.empty(),
                List.of(new Ivf.Asked(DEVICE, Optional.empty()))));
    }

    private static final List<Answer> HEARD = List.of(new Answer(DEVICE, Standing.NOT_PERMITTED, Optional.empty()));

    @ParameterizedTest
    @ValueSource(strings = {"sho.262-01,ivf", "pva,dpf;ivf,sho.262-01;sho.262-02"})
    void rolesOfOneGroupTalkThoughNobodyAnswersOverHttp(String grouping) throws Exception {
        startBehindNobody(Grouping.parse(grouping));

        assertThat(ask(ivfOf(HOME), HOME)).isEqualTo(HEARD);
    }

    @Test
    void rolesThatAreApartDoNot() throws Exception {
        startBehindNobody(Grouping.APART);

        assertThatThrownBy(() -> ask(ivfOf(HOME), HOME))
                .isInstanceOf(Unavailable.class)
                .hasCauseInstanceOf(ConnectException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sho.262-01,ivf", "sho.262-01,ivf;sho.262-02,pva"})
    void aRoleThatIsNotOfTheGroupDoesNot(String grouping) throws Exception {
        startBehindNobody(Grouping.parse(grouping));

        assertThatThrownBy(() -> ask(ivfOf(OTHER), OTHER))
                .isInstanceOf(Unavailable.class)
                .hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void aGroupLetsNobodyElseIn() throws Exception {
        start(Grouping.parse("sho.262-01,ivf"), (name, served) -> served);

        assertThat(ask(ivfOf(OTHER), OTHER)).isEqualTo(HEARD);
        assertRefused(ResultCode.FORBIDDEN, () -> ask(ivfOf(OTHER), HOME));
        assertRefused(ResultCode.FORBIDDEN, () -> ivfOf(OTHER).release(List.of(DEVICE)));
    }

    @Test
    void aRoleThatIsStoppedIsUnavailableAndIsHeardAgainOnceItRuns() throws Exception {
        RoleHost roles = startBehindNobody(Grouping.parse("sho.262-01,ivf"));
        Ivf ivf = ivfOf(HOME);
        assertThat(ask(ivf, HOME)).isEqualTo(HEARD);

        roles.stop(IVF);
        assertThatThrownBy(() -> ask(ivf, HOME)).isInstanceOf(Unavailable.class).hasMessage("ivf does not run");
        assertThatThrownBy(() -> ask(ivfOf(HOME), HOME)).isInstanceOf(Unavailable.class);

        roles.startAgain(IVF);
        assertThat(ask(ivf, HOME)).isEqualTo(HEARD);
        roles.restart(IVF);
        assertThat(ask(ivf, HOME)).isEqualTo(HEARD);
    }

    @Test
    void aRefusalPassesWithItsCode() throws Exception {
        startBehindNobody(Grouping.parse("sho.262-01,ivf"));
        Opaque token = Opaque.of(new byte[16]);
        Ivf.Withdrawal nothing = new Ivf.Withdrawal(
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        assertRefused(ResultCode.MALFORMED, () -> ivfOf(HOME).withdraw(nothing, Optional.empty()));
        assertRefused(
                ResultCode.EVIDENCE_INVALID,
                () -> ivfOf(HOME).publish(new Ivf.Publication(token, List.of(), Optional.empty())));
    }

    @Test
    void aRoleThatBreaksIsUnavailable() throws Exception {
        RoleHost roles = startBehindNobody(Grouping.parse("sho.262-01,ivf"));
        roles.running(IVF).role().close(); // its database is gone, and the host does not know

        assertThatThrownBy(() -> ivfOf(HOME).release(List.of(DEVICE)))
                .isInstanceOf(Unavailable.class)
                .hasMessageStartingWith("ivf failed: ");
    }

    @Test
    void aRoleThatServesNoSuchInterfaceIsUnavailable() throws Exception {
        startBehindNobody(Grouping.parse("sho.262-01,sho.262-02"));

        Sho other = Optional.ofNullable(peers.get(HOME)).orElseThrow().sho(Plmn.parse("262-02"));

        assertThatThrownBy(() -> other.registrations(DEVICE)).isInstanceOf(Unavailable.class);
    }

    private interface Call {
        void run() throws Refused;
    }

    private static void assertRefused(ResultCode code, Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
