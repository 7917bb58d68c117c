// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.pva.PvaWorld.GOOD;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Pva;
import org.m2me.operators.http.OcspServer;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.Ocsp;

/** The status of a credential is asked for once where the PVA vouches for a registration, and then validates for it. */
final class RecentWordsTest {
    @TempDir
    Path directory;

    private final AtomicInteger asked = new AtomicInteger();
    private volatile Ocsp.Status status = new Ocsp.Status.Good();
    private PvaWorld world;
    private OcspServer responder;
    private TestDevice device;
    private Pva.Request registration;

    @BeforeEach
    void start() throws Exception {
        world = new PvaWorld(directory);
        Ocsp.Responder signer = new Ocsp.Responder(world.deviceCa.certificate(), Optional.empty(), world.deviceCaKey);
        responder = OcspServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), request -> {
            asked.incrementAndGet();
            return signer.respond(request, serial -> status, world.clock.instant());
        });
        world.responder = Optional.of(responder.uri());
        world.restartPva();
        world.supplier.release(PvaWorld.MODEL, GOOD);
        device = world.made();
        registration = world.request(device);
    }

    @AfterEach
    void stop() {
        world.close();
        responder.close();
    }

    private void vouch() throws Exception {
        world.authenticate(registration);
        assertThat(asked.getAndSet(0)).isEqualTo(1);
    }

    private ResultCode validate() throws Exception {
        return world.validate(registration, device, GOOD);
    }

    private void revoke() {
        status = new Ocsp.Status.Revoked(world.clock.instant());
    }

    private void enrol(Duration lifetime) throws Exception {
        Opaque certificate = Opaque.of(world.deviceCa
                .issue(new CertificateAuthority.Request(
                        device.ueid.hex(),
                        "",
                        device.platform.publicKey(),
                        Usage.DEVICE,
                        world.clock.instant(),
                        world.clock.instant().plus(lifetime)))
                .der());
        world.pva.enrol(device.ueid, certificate, device.ownerProof());
    }

    @Test
    void doesNotAskForTheStatusAgainWhereTheValidationFollowsWithinAMinute() throws Exception {
        vouch();
        world.clock.advance(RecentWords.LIFETIME.minusSeconds(1));
        assertThat(validate()).isEqualTo(ResultCode.OK);
        assertThat(asked).hasValue(0);
    }

    @Test
    void asksAgainAfterAMinute() throws Exception {
        vouch();
        world.clock.advance(RecentWords.LIFETIME);
        assertThat(validate()).isEqualTo(ResultCode.OK);
        assertThat(asked).hasValue(1);
    }

    @Test
    void asksAgainWhereTheClockWasSetBack() throws Exception {
        vouch();
        world.clock.advance(Duration.ofSeconds(-1));
        assertThat(validate()).isEqualTo(ResultCode.OK);
        assertThat(asked).hasValue(1);
    }

    @Test
    void asksAgainAfterARestart() throws Exception {
        vouch();
        world.restartPva();
        assertThat(validate()).isEqualTo(ResultCode.OK);
        assertThat(asked).hasValue(1);
    }

    @Test
    void asksForAnotherRegistration() throws Exception {
        vouch();
        registration = world.request(device);
        assertThat(validate()).isEqualTo(ResultCode.OK);
        assertThat(asked).hasValue(1);
    }

    @Test
    void asksForACredentialThatTookThePlaceOfTheOneThatWasVouchedFor() throws Exception {
        enrol(Duration.ofDays(1));
        vouch();
        enrol(Duration.ofDays(2));
        validate();
        assertThat(asked).hasValue(1);
    }

    @Test
    void refusesWhatItsSupplierRevokedSince() throws Exception {
        vouch();
        revoke();
        world.pva.revoked("acme", device.ueid);
        assertThat(validate()).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
    }

    @Test
    void refusesWhatAnotherOperatorsQuestionFoundRevokedSince() throws Exception {
        vouch();
        revoke(); // and does not say so
        Pva.Request other = world.request(device);
        assertThat(world.pva
                        .authenticate(PvaWorld.OPERATOR, List.of(new Pva.Applicant(other.registration(), device.ueid)))
                        .refusals())
                .extracting(Pva.Refusal::code)
                .containsExactly(ResultCode.CREDENTIAL_REVOKED);
        assertThat(validate()).isEqualTo(ResultCode.CREDENTIAL_REVOKED);
    }

    @Test
    void refusesWhatExpiredSince() throws Exception {
        enrol(Duration.ofSeconds(10));
        vouch();
        world.clock.advance(Duration.ofSeconds(11));
        assertThat(validate()).isEqualTo(ResultCode.CREDENTIAL_EXPIRED);
        assertThat(asked).hasValue(0);
    }
}
