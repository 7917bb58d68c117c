// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Pva;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.operators.http.OcspServer;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Authenticity.Vouched;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** The authenticity of many devices in one question: what is wrong with one of them is said of that one. */
final class VouchingTest {
    @TempDir
    Path directory;

    private final List<Integer> asked = new CopyOnWriteArrayList<>();
    private final List<OcspServer> servers = new ArrayList<>();
    private PvaWorld world;

    @BeforeEach
    void start() throws Exception {
        world = new PvaWorld(directory);
    }

    @AfterEach
    void stop() {
        world.close();
        servers.forEach(OcspServer::close);
    }

    private List<TestDevice> made(int count) throws Refused {
        List<TestDevice> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TestDevice device = world.new TestDevice();
            // There are two PCIDs for each way.
            world.supplier.make(device.blank(i < 2 ? PcidWay.SENT_TO_CCIF : PcidWay.ISSUED_BY_CCIF));
            devices.add(device);
        }
        return devices;
    }

    private List<Pva.Applicant> applicants(List<TestDevice> devices) {
        return devices.stream()
                .map(device -> new Pva.Applicant(Nonce.random(world.random), device.ueid))
                .toList();
    }

    private Pva.Authentications ask(List<Pva.Applicant> applicants) throws Refused {
        return world.pva.authenticate(PvaWorld.OPERATOR, applicants);
    }

    private List<Vouched> vouched(Pva.Authentications answer) throws Exception {
        return Authenticity.verify(
                        answer.word().orElseThrow().bytes(),
                        world.pvaContext.certificate().publicKey())
                .devices();
    }

    private static Vouched vouched(Pva.Applicant applicant, TestDevice device) {
        return new Vouched(
                device.ueid,
                applicant.registration(),
                device.platform.publicKey().thumbprint(),
                Optional.empty());
    }

    @Test
    void vouchesForAllInOneWordAfterOneQuestionToTheirSupplier() throws Exception {
        List<TestDevice> devices = made(4);
        List<Pva.Applicant> applicants = applicants(devices);
        responder(request -> request);
        Pva.Authentications answer = ask(applicants);

        assertThat(answer.refusals()).isEmpty();
        assertThat(vouched(answer))
                .containsExactly(
                        vouched(applicants.get(0), devices.get(0)),
                        vouched(applicants.get(1), devices.get(1)),
                        vouched(applicants.get(2), devices.get(2)),
                        vouched(applicants.get(3), devices.get(3)));
        assertThat(asked).containsExactly(4);
        assertThat(world.steps).extracting(StepEvent::step).hasSize(4).containsOnly(Step.REQUEST_AUTHENTICITY);
        assertThat(world.pva.counters().authentications()).isEqualTo(4);
    }

    @Test
    void saysOfEachWhatIsWrongWithItAndVouchesForTheOthers() throws Exception {
        List<TestDevice> devices = made(3);
        TestDevice unknown = world.new TestDevice();
        world.supplier.revoke(devices.get(1).ueid);
        Nonce used = Nonce.random(world.random);
        world.pva.authenticate(PvaWorld.OPERATOR, List.of(new Pva.Applicant(used, devices.get(0).ueid)));
        List<Pva.Applicant> applicants = new ArrayList<>(applicants(List.of(devices.get(0), devices.get(1), unknown)));
        applicants.add(new Pva.Applicant(used, devices.get(2).ueid));

        Pva.Authentications answer = ask(applicants);

        assertThat(vouched(answer)).containsExactly(vouched(applicants.get(0), devices.get(0)));
        assertThat(answer.refusals())
                .containsExactlyInAnyOrder(
                        new Pva.Refusal(applicants.get(1).registration(), ResultCode.CREDENTIAL_REVOKED),
                        new Pva.Refusal(applicants.get(2).registration(), ResultCode.UNKNOWN_DEVICE),
                        new Pva.Refusal(used, ResultCode.NONCE_USED));
    }

    @Test
    void hasNothingToSignWhenItVouchesForNobody() throws Exception {
        List<Pva.Applicant> applicants = applicants(made(2));
        world.supplierSilent = true;

        Pva.Authentications answer = ask(applicants);

        assertThat(answer.word()).isEmpty();
        assertThat(answer.refusals()).extracting(Pva.Refusal::code).containsOnly(ResultCode.UNAVAILABLE);
        assertThat(world.pva.counters().authentications()).isZero();
    }

    @Test
    void asksOneByOneAboutThoseThatAResponderLeavesOut() throws Exception {
        List<TestDevice> devices = made(3);
        world.supplier.revoke(devices.get(2).ueid);
        responder(VouchingTest::firstOnly);
        Pva.Authentications answer = ask(applicants(devices));

        assertThat(vouched(answer)).hasSize(2);
        assertThat(answer.refusals()).extracting(Pva.Refusal::code).containsOnly(ResultCode.CREDENTIAL_REVOKED);
        assertThat(asked).containsExactly(3, 1, 1);
    }

    @Test
    void asksOneByOneWhereAResponderTakesNoLists() throws Exception {
        List<TestDevice> devices = made(3);
        responder(request -> number(request) == 1 ? request : new byte[1]);
        assertThat(vouched(ask(applicants(devices)))).hasSize(3);
        assertThat(asked).containsExactly(3, 1, 1, 1);
    }

    @Test
    void stopsAskingOneByOneAResponderThatIsTooSlow() throws Exception {
        List<TestDevice> devices = made(4);
        responder(request -> {
            world.clock.advance(number(request) == 1 ? Duration.ofSeconds(8) : Duration.ZERO);
            return number(request) == 1 ? request : new byte[1];
        });
        Pva.Authentications answer = ask(applicants(devices));

        assertThat(vouched(answer)).hasSize(2);
        assertThat(answer.refusals())
                .extracting(Pva.Refusal::code)
                .containsExactly(ResultCode.UNAVAILABLE, ResultCode.UNAVAILABLE);
        assertThat(asked).containsExactly(4, 1, 1);
    }

    @Test
    void answersTheSameAgainAfterARestart() throws Exception {
        List<Pva.Applicant> applicants = applicants(made(2));
        Pva.Authentications first = ask(applicants);

        world.restartPva();

        assertThat(vouched(ask(applicants))).isEqualTo(vouched(first));
        assertThat(world.steps).hasSize(2);
    }

    @Test
    void vouchesForNoCredentialThatAnotherAuthorityIssuedThanTheSuppliersOfToday() throws Exception {
        List<TestDevice> devices = made(1);
        world.acmeAuthority = world.rivalCa.certificate();
        world.restartPva();

        Pva.Authentications answer = ask(applicants(devices));

        assertThat(answer.word()).isEmpty();
        assertThat(answer.refusals()).extracting(Pva.Refusal::code).containsExactly(ResultCode.CREDENTIAL_INVALID);
    }

    @Test
    void refusesAListThatIsEmptyTooLongOrNamesARegistrationTwice() throws Exception {
        TestDevice device = world.made();
        Pva.Applicant one = new Pva.Applicant(Nonce.random(world.random), device.ueid);
        List<Pva.Applicant> many = new ArrayList<>();
        for (int i = 0; i <= Pva.APPLICANTS_MAX; i++) {
            many.add(new Pva.Applicant(Nonce.random(world.random), device.ueid));
        }

        assertRefused(ResultCode.MALFORMED, () -> ask(List.of()));
        assertRefused(ResultCode.MALFORMED, () -> ask(List.of(one, one)));
        assertRefused(ResultCode.TOO_LARGE, () -> ask(many));
        assertThat(vouched(ask(many.subList(0, Pva.APPLICANTS_MAX)))).hasSize(Pva.APPLICANTS_MAX);
    }

    /** The supplier's responder over HTTP, which is asked something else than it ought to be. */
    private void responder(UnaryOperator<byte[]> instead) throws Exception {
        OcspServer server = OcspServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), request -> {
            asked.add(number(request));
            return world.supplier.ocsp(Opaque.of(instead.apply(request))).bytes();
        });
        world.responder = Optional.of(server.uri());
        servers.add(server);
        world.restartPva();
    }

    private static int number(byte[] request) {
        return read(request).getRequestList().length;
    }

    private static OCSPReq read(byte[] request) {
        try {
            return new OCSPReq(request);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** As responders do that answer for one certificate. */
    private static byte[] firstOnly(byte[] request) {
        try {
            OCSPReq all = read(request);
            return new OCSPReqBuilder()
                    .addRequest(all.getRequestList()[0].getCertID())
                    .setRequestExtensions(new Extensions(all.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)))
                    .build()
                    .getEncoded();
        } catch (IOException | OCSPException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void assertRefused(ResultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
