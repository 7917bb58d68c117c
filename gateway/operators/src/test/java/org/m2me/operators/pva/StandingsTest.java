// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.pva.PvaWorld.GOOD;
import static org.m2me.operators.pva.PvaWorld.component;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Ivf;
import org.m2me.operators.Pva;
import org.m2me.operators.Pva.KnownBad;
import org.m2me.operators.http.OcspServer;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Ocsp;

/**
 * What the PVA says with its word on authenticity of results that it issued before. The IVF hears nothing in all of this,
 * or lies: an operator learns of it all the same.
 */
final class StandingsTest {
    private static final List<MeasuredComponent> NEXT = List.of(GOOD.get(0), GOOD.get(1), component("config", 4));

    @TempDir
    Path directory;

    private PvaWorld world;

    @BeforeEach
    void start() throws Exception {
        world = new PvaWorld(directory);
        world.ivfSilent = true;
        world.ivfWait = Duration.ZERO;
        world.restartPva();
        world.supplier.release(PvaWorld.MODEL, GOOD);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private TestDevice validated() throws Exception {
        TestDevice device = world.made();
        pass(device, GOOD);
        return device;
    }

    private void pass(TestDevice device, List<MeasuredComponent> components) throws Exception {
        assertThat(world.validate(device, components)).isEqualTo(ResultCode.OK);
    }

    /** What was issued until now; something else can be issued from then on. */
    private Instant later() {
        Instant issued = world.clock.instant();
        world.clock.advance(Duration.ofMinutes(1));
        return issued;
    }

    private Vouched word(TestDevice device) throws Exception {
        Pva.Request request = world.request(device);
        return Authenticity.verify(
                        world.authenticate(request).bytes(),
                        world.pvaContext.certificate().publicKey())
                .about(device.ueid, request.registration())
                .orElseThrow();
    }

    private void withdraw(KnownBad bad) throws Refused {
        assertThat(world.pva.withdraw("acme", bad, Optional.empty())).isEmpty(); // the IVF does not know yet
    }

    private static KnownBad set(String name) {
        return new KnownBad(Optional.of(name), Optional.empty(), Optional.empty());
    }

    @Test
    void standsByWhatADevicePassedBy() throws Exception {
        TestDevice device = validated();
        Instant issued = later();
        pass(device, GOOD);
        assertThat(word(device).standsBy(issued)).isTrue();
        assertThat(word(world.made()).voidUntil()).isEmpty();
    }

    @Test
    void doesNotStandByWhatWasIssuedBeforeAValidationThatFailed() throws Exception {
        TestDevice device = validated();
        TestDevice other = validated();
        Instant issued = later();
        assertThat(world.validate(device, GOOD.subList(0, 2))).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(word(device).standsBy(issued)).isFalse();
        assertThat(word(other).standsBy(issued)).isTrue();

        world.restartPva();
        Instant failed = later();
        pass(device, GOOD);
        assertThat(word(device).standsBy(failed)).isFalse();
        assertThat(word(device).standsBy(world.clock.instant())).isTrue();
    }

    @Test
    void doesNotStandByADeviceThatNeverPassed() throws Exception {
        TestDevice device = world.made();
        assertThat(world.validate(device, GOOD.subList(0, 2))).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        assertThat(word(device).standsBy(world.clock.instant())).isFalse();
    }

    @Test
    void doesNotStandByAComponentThatIsKnownToBeBadByItsDigest() throws Exception {
        TestDevice device = validated();
        world.supplier.release(PvaWorld.MODEL, NEXT);
        TestDevice without = world.made();
        pass(without, NEXT);
        Instant issued = later();
        withdraw(new KnownBad(Optional.empty(), Optional.of(GOOD.get(2).sha256()), Optional.empty()));
        assertThat(word(device).standsBy(issued)).isFalse();
        assertThat(word(without).standsBy(issued)).isTrue();
    }

    @Test
    void doesNotStandByAComponentThatIsKnownToBeBadByNameAndVersion() throws Exception {
        TestDevice device = validated();
        Instant issued = later();
        withdraw(new KnownBad(Optional.empty(), Optional.empty(), Optional.of(new Ivf.NamedVersion("runtime", "1.0"))));
        assertThat(word(device).standsBy(issued)).isFalse();
    }

    @Test
    void doesNotStandByReferenceValuesThatWereWithdrawnAlsoWhereADevicePassedByNewerOnes() throws Exception {
        TestDevice device = validated();
        TestDevice again = validated();
        Instant issued = later();
        withdraw(set("acme/test-board:1"));
        world.supplier.release(PvaWorld.MODEL, GOOD);
        pass(again, GOOD);
        assertThat(word(device).standsBy(issued)).isFalse();
        assertThat(word(again).standsBy(issued)).isFalse();
        assertThat(word(again).standsBy(world.clock.instant())).isTrue();
    }

    @Test
    void doesNotStandByWhatADeviceHadBeforeItsUpdate() throws Exception {
        TestDevice device = validated();
        Instant issued = later();
        world.supplier.release(PvaWorld.MODEL, NEXT);
        pass(device, NEXT);
        assertThat(word(device).standsBy(issued)).isFalse();
        assertThat(word(device).standsBy(world.clock.instant())).isTrue();
    }

    @Test
    void doesNotStandByWhatADeviceHadBeforeItsUpdateAlsoWhereOnlyAVersionIsAnother() throws Exception {
        TestDevice device = validated();
        Instant issued = later();
        MeasuredComponent renamed =
                new MeasuredComponent(GOOD.get(2).name(), "next", GOOD.get(2).sha256());
        pass(device, List.of(GOOD.get(0), GOOD.get(1), renamed));
        assertThat(word(device).standsBy(issued)).isFalse();
        assertThat(word(device).standsBy(world.clock.instant())).isTrue();
    }

    @Test
    void doesNotStandByWhatWasIssuedBeforeTheLastOfSeveralReasons() throws Exception {
        TestDevice device = validated();
        assertThat(world.validate(device, GOOD.subList(0, 2))).isEqualTo(ResultCode.COMPONENT_MISMATCH);
        Instant failed = later();
        pass(device, GOOD);
        Instant issued = later();
        assertThat(word(device).standsBy(failed)).isFalse();
        assertThat(word(device).standsBy(issued)).isTrue();
        withdraw(new KnownBad(Optional.empty(), Optional.of(GOOD.get(2).sha256()), Optional.empty()));
        assertThat(word(device).standsBy(issued)).isFalse();
    }

    @Test
    void doesNotStandByWhatWasIssuedBeforeACredentialWasRevokedAlsoWhenThatIsLifted() throws Exception {
        TestDevice device = validated();
        Instant issued = later();
        world.pva.revoked("acme", device.ueid); // its supplier says by OCSP that it is good
        assertThat(word(device).standsBy(issued)).isFalse();
    }

    @Test
    void doesNotStandByWhatWasIssuedBeforeACredentialWasFoundRevokedAlsoWhenItIsGoodAgain() throws Exception {
        TestDevice device = validated();
        Instant issued = later();
        AtomicReference<Ocsp.Status> status = new AtomicReference<>(new Ocsp.Status.Revoked(issued));
        Ocsp.Responder responder =
                new Ocsp.Responder(world.deviceCa.certificate(), Optional.empty(), world.deviceCaKey);
        try (OcspServer server = OcspServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                request -> responder.respond(request, serial -> status.get(), world.clock.instant()))) {
            world.responder = Optional.of(server.uri());
            world.restartPva();
            Pva.Applicant applicant = new Pva.Applicant(world.request(device).registration(), device.ueid);
            assertThat(world.pva
                            .authenticate(PvaWorld.OPERATOR, List.of(applicant))
                            .refusals())
                    .extracting(Pva.Refusal::code)
                    .containsExactly(ResultCode.CREDENTIAL_REVOKED);

            later();
            status.set(new Ocsp.Status.Good());
            assertThat(word(device).standsBy(issued)).isFalse();
        }
    }
}
