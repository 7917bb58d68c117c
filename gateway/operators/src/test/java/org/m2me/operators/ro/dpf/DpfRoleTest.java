// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Authorization;
import org.m2me.operators.Counterparts.ShoSide;
import org.m2me.operators.Dpf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Sho;
import org.m2me.operators.World;
import org.m2me.operators.store.StorageFailed;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.step.Step;

final class DpfRoleTest {
    private static final Opaque ENVELOPE = Opaque.hex("a1b2c3d4");
    private static final Duration LIFETIME = Duration.ofHours(1);

    @TempDir
    Path directory;

    private World world;
    private Neighbours peers;
    private ShoSide sho;
    private Machine machine;
    private P256PrivateKey key;
    private Certificate operator;
    private RoleContext context;
    private DpfRole dpf;

    @BeforeEach
    void start() {
        world = new World(directory);
        peers = new Neighbours();
        sho = new ShoSide();
        peers.set(OPERATOR, sho);
        machine = new Machine(world.random);
        key = P256PrivateKey.generate(world.random);
        operator = world.certify("sho." + OPERATOR, key);
        context = world.context("dpf");
        dpf = new DpfRole(context, peers).start();
    }

    @AfterEach
    void stop() {
        dpf.close();
    }

    @Test
    void takesAMcimToItsDeviceAndTheDevicesWordToTheOperator() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        assertThat(mail(machine.ueid)).contains(new Mail.Download(nonce, ENVELOPE));
        byte[] report = machine.report(nonce, ResultCode.OK);
        assertThat(Verdict.decode(report(machine.ueid, report))).isEqualTo(new Verdict(ResultCode.OK));
        assertThat(mail(machine.ueid)).isEmpty();
        world.await("the SHO hears of it", () -> !sho.outcomes.isEmpty());
        assertThat(sho.outcomes)
                .containsExactly(new Sho.Outcome(nonce, machine.ueid, ResultCode.OK, Opaque.of(report)));
        assertThat(world.taken()).containsExactly(Step.AUTHORIZE_PROVISIONING, Step.DOWNLOAD_MCIM, Step.PROVISION_MCIM);
    }

    @Test
    void keepsTheMailUntilTheDeviceReportsAndCountsTheFirstFetchOnly() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        for (int fetched = 0; fetched < 3; fetched++) {
            assertThat(mail(machine.ueid)).contains(new Mail.Download(nonce, ENVELOPE));
            restart();
        }
        assertThat(world.codes(Step.DOWNLOAD_MCIM)).containsExactly(ResultCode.OK);
    }

    @Test
    void showsADeviceItsOwnMailOnly() throws Exception {
        dpf.authorize(order(nonce(), machine.ueid));
        assertThat(mail(new Machine(world.random).ueid)).isEmpty();
        assertThat(world.codes(Step.DOWNLOAD_MCIM)).isEmpty();
    }

    @Test
    void takesAnOrderAgainAfterALostAnswerWithoutASecondEffect() throws Exception {
        Nonce nonce = nonce();
        Dpf.Order order = order(nonce, machine.ueid);
        dpf.authorize(order);
        mail(machine.ueid);
        report(machine.ueid, machine.report(nonce, ResultCode.OK));
        world.clock.advance(LIFETIME.plusSeconds(1));
        dpf.authorize(order);
        assertThat(mail(machine.ueid)).isEmpty();
        assertThat(world.codes(Step.AUTHORIZE_PROVISIONING)).containsExactly(ResultCode.OK);
    }

    @Test
    void refusesATokenThatServedForAnotherRegistrationOrDevice() throws Exception {
        Nonce nonce = nonce();
        Dpf.Order order = order(nonce, machine.ueid);
        dpf.authorize(order);
        Machine other = new Machine(world.random);
        refuses(new Dpf.Order(nonce(), machine.ueid, OPERATOR, order.token(), order.envelope()));
        refuses(new Dpf.Order(nonce, other.ueid, OPERATOR, order.token(), order.envelope()));
        assertThat(mail(other.ueid)).isEmpty();
    }

    @Test
    void refusesATokenWhoseIdServedBefore() throws Exception {
        Nonce id = nonce();
        dpf.authorize(order(authorization(id, nonce(), machine.ueid), operator, key));
        refuses(order(authorization(id, nonce(), machine.ueid), operator, key));
    }

    @Test
    void refusesASecondTokenForARegistration() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        refuses(order(nonce, machine.ueid));
    }

    @Test
    void refusesATokenThatHasExpired() throws Exception {
        Dpf.Order order = order(nonce(), machine.ueid);
        world.clock.advance(LIFETIME);
        refuses(order);
        assertThat(mail(machine.ueid)).isEmpty();
    }

    @Test
    void refusesATokenThatTheOperatorDidNotSign() throws Exception {
        P256PrivateKey foreign = P256PrivateKey.generate(world.random);
        Authorization ours = authorization(nonce(), nonce(), machine.ueid);
        refuses(order(ours, world.certify("sho.262-02", foreign), foreign));
        refuses(order(ours, world.certify("dpf." + OPERATOR, foreign), foreign));
        refuses(order(ours, world.certify(world.newAuthority(), "sho." + OPERATOR, foreign), foreign));
        refuses(order(ours, operator, foreign));
        byte[] bent = ours.sign(operator, key).bytes();
        bent[bent.length / 4] ^= 1;
        refuses(new Dpf.Order(ours.registration(), machine.ueid, OPERATOR, Opaque.of(bent), Optional.of(ENVELOPE)));
        assertThat(mail(machine.ueid)).isEmpty();
    }

    @Test
    void refusesAnOrderInTheNameOfAnotherOperator() throws Exception {
        Dpf.Order order = order(nonce(), machine.ueid);
        refuses(new Dpf.Order(
                order.registration(), machine.ueid, Plmn.parse("262-02"), order.token(), order.envelope()));
    }

    @Test
    void refusesAnotherMcimThanTheOneAuthorised() throws Exception {
        Dpf.Order order = order(nonce(), machine.ueid);
        refuses(new Dpf.Order(
                order.registration(), machine.ueid, OPERATOR, order.token(), Optional.of(Opaque.hex("00"))));
        refuses(new Dpf.Order(order.registration(), machine.ueid, OPERATOR, order.token(), Optional.empty()));
        dpf.authorize(order);
    }

    @Test
    void refusesAMcimThatNoDeviceTakes() {
        Opaque large = Opaque.of(new byte[McimEnvelope.SIZE_MAX + 1]);
        Authorization authorization = new Authorization(
                nonce(),
                nonce(),
                machine.ueid,
                OPERATOR,
                world.clock.instant().plus(LIFETIME),
                Authorization.Sealed.of(large));
        Dpf.Order order = new Dpf.Order(
                authorization.registration(),
                machine.ueid,
                OPERATOR,
                authorization.sign(operator, key),
                Optional.of(large));
        assertThat(refusal(order)).isEqualTo(ResultCode.MCIM_TOO_LARGE);
    }

    @Test
    void takesAReportAgainAfterALostAnswerAndPassesItOnOnce() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        mail(machine.ueid);
        byte[] report = machine.report(nonce, ResultCode.MCIM_DAMAGED);
        report(machine.ueid, report);
        restart();
        report(machine.ueid, report);
        world.awaitIdle("dpf", "dpf.db");
        assertThat(sho.outcomes).hasSize(1);
        assertThat(sho.outcomes.get(0).code()).isEqualTo(ResultCode.MCIM_DAMAGED);
        assertThat(world.codes(Step.PROVISION_MCIM)).containsExactly(ResultCode.MCIM_DAMAGED);
    }

    @Test
    void refusesAReportFromAnotherDeviceOrOfNothingFetched() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        byte[] report = machine.report(nonce, ResultCode.OK);
        assertThat(reportRefusal(machine.ueid, report)).isEqualTo(ResultCode.NOT_FOUND);
        mail(machine.ueid);
        assertThat(reportRefusal(new Machine(world.random).ueid, report)).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(reportRefusal(machine.ueid, new byte[] {1})).isEqualTo(ResultCode.MALFORMED);
        assertThat(reportRefusal(machine.ueid, new byte[DeviceResource.REPORT.sizeMax() + 1]))
                .isEqualTo(ResultCode.TOO_LARGE);
        assertThat(sho.outcomes).isEmpty();
    }

    @Test
    void replacesMailThatTheDeviceDidNotReportByTheNextRegistrations() throws Exception {
        Nonce old = nonce();
        dpf.authorize(order(old, machine.ueid));
        mail(machine.ueid);
        Nonce next = nonce();
        dpf.authorize(order(next, machine.ueid));
        assertThat(mail(machine.ueid)).contains(new Mail.Download(next, ENVELOPE));
        report(machine.ueid, machine.report(old, ResultCode.OK));
        world.await("the SHO hears of the old one", () -> !sho.outcomes.isEmpty());
        assertThat(mail(machine.ueid)).contains(new Mail.Download(next, ENVELOPE));
    }

    @Test
    void tellsTheOperatorAfterARestartWhatItOwed() throws Exception {
        peers.set(OPERATOR, null);
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        mail(machine.ueid);
        report(machine.ueid, machine.report(nonce, ResultCode.OK));
        restart();
        peers.set(OPERATOR, sho);
        world.await("the SHO hears of it", () -> !sho.outcomes.isEmpty());
    }

    @Test
    void announcesMailInItsFeedAndAgainAfterARestart() throws Exception {
        DeviceFeed before = dpf.feed(0, Duration.ZERO);
        dpf.authorize(order(nonce(), machine.ueid));
        assertThat(dpf.feed(before.latest(), Duration.ofSeconds(20)).devices()).containsExactly(machine.ueid);
        restart();
        assertThat(dpf.feed(before.latest(), Duration.ofSeconds(20)).devices()).containsExactly(machine.ueid);
    }

    @Test
    void keepsNothingThatTheDatabaseDoesNotKeepWhole() throws Exception {
        Nonce nonce = nonce();
        dpf.authorize(order(nonce, machine.ueid));
        mail(machine.ueid);
        restart(() -> world.fill("dpf", "dpf.db", "outbox"));
        byte[] report = machine.report(nonce, ResultCode.OK);
        assertThatThrownBy(() -> report(machine.ueid, report)).isInstanceOf(StorageFailed.class);
        assertThat(mail(machine.ueid)).contains(new Mail.Download(nonce, ENVELOPE));
        restart(() -> world.free("dpf", "dpf.db"));
        report(machine.ueid, report);
        world.await("the SHO hears of it", () -> !sho.outcomes.isEmpty());
    }

    @Test
    void makesAMcimByStoredRulesAndShowsItOnlyOnceTheOperatorKnows() throws Exception {
        dpf.rules(rules(2));
        sho.refuse(ResultCode.UNAVAILABLE);
        Nonce nonce = nonce();
        dpf.authorize(toBeMade(nonce));
        assertThat(mail(machine.ueid)).isEmpty();
        restart();
        assertThat(mail(machine.ueid)).isEmpty();
        sho.refuse(null);
        world.await("the SHO hears of it", () -> !sho.generated.isEmpty());
        world.awaitIdle("dpf", "dpf.db");
        Mail.Download download = (Mail.Download) mail(machine.ueid).orElseThrow();
        try (Mcim mcim = machine.open(download.envelope(), operator)) {
            assertThat(mcim.imsi()).isEqualTo(new Imsi("262010000000100"));
            assertThat(sho.generated).contains(mcim.imsi());
            assertThat(mcim.registration()).isEqualTo(nonce);
            assertThat(mcim.device()).isEqualTo(machine.ueid);
            assertThat(mcim.ownerToken()).isEqualTo(machine.ownerToken);
            assertThat(mcim.serial()).isEqualTo(4);
            assertThat(mcim.iccid()).isEqualTo("8926201000000010004");
        }
        assertThat(world.number("dpf", "dpf.db", "SELECT COUNT(*) FROM provisioning WHERE sealed_key IS NOT NULL"))
                .as("keys that the DPF still has")
                .isZero();
    }

    @Test
    void neverShowsAMcimThatTheOperatorDidNotTake() throws Exception {
        dpf.rules(rules(2));
        sho.refuse(ResultCode.NOT_AUTHORIZED);
        dpf.authorize(toBeMade(nonce()));
        world.awaitIdle("dpf", "dpf.db");
        assertThat(mail(machine.ueid)).isEmpty();
        assertThat(world.number("dpf", "dpf.db", "SELECT COUNT(*) FROM provisioning WHERE sealed_key IS NOT NULL"))
                .isZero();
    }

    @Test
    void makesNoMoreMcimsThanTheRangeHasAlsoWhenTheRulesComeAgain() throws Exception {
        dpf.rules(rules(1));
        dpf.authorize(toBeMade(nonce()));
        dpf.rules(rules(1));
        assertThat(refusal(toBeMade(nonce()))).isEqualTo(ResultCode.QUOTA);
        dpf.rules(rules(2));
        dpf.authorize(toBeMade(nonce()));
        world.await("the SHO hears of both", () -> sho.generated.size() == 2);
        assertThat(sho.generated).doesNotHaveDuplicates();
    }

    @Test
    void waitsForRulesThatAreStillOnTheirWay() throws Exception {
        Dpf.Order order = toBeMade(nonce());
        assertThat(refusal(order)).isEqualTo(ResultCode.UNAVAILABLE);
        dpf.rules(rules(1));
        dpf.authorize(order);
    }

    @Test
    void takesRulesFromTheOperatorItselfOnly() {
        P256PrivateKey foreign = P256PrivateKey.generate(world.random);
        List<Dpf.Rules> forged = List.of(
                rules(world.certify("sho.262-02", key), key, 16),
                rules(world.certify(world.newAuthority(), "sho." + OPERATOR, key), key, 16),
                rules(operator, foreign, 16));
        for (Dpf.Rules rules : forged) {
            assertThat(catchThrowableOfType(Refused.class, () -> dpf.rules(rules))
                            .code())
                    .isEqualTo(ResultCode.FORBIDDEN);
        }
        assertThat(catchThrowableOfType(Refused.class, () -> dpf.rules(rules(operator, key, 32)))
                        .code())
                .isEqualTo(ResultCode.MALFORMED);
    }

    private void restart() {
        restart(() -> {});
    }

    private void restart(Runnable meanwhile) {
        dpf.close();
        meanwhile.run();
        dpf = new DpfRole(context, peers).start();
    }

    private Nonce nonce() {
        return Nonce.random(world.random);
    }

    private Authorization authorization(Nonce id, Nonce registration, Ueid device) {
        return new Authorization(
                id,
                registration,
                device,
                OPERATOR,
                world.clock.instant().plus(LIFETIME),
                Authorization.Sealed.of(ENVELOPE));
    }

    private Dpf.Order order(Nonce registration, Ueid device) {
        return order(authorization(nonce(), registration, device), operator, key);
    }

    private static Dpf.Order order(Authorization authorization, Certificate certificate, P256PrivateKey signer) {
        return new Dpf.Order(
                authorization.registration(),
                authorization.device(),
                authorization.operator(),
                authorization.sign(certificate, signer),
                Optional.of(ENVELOPE));
    }

    private Dpf.Order toBeMade(Nonce registration) {
        Authorization authorization = new Authorization(
                nonce(),
                registration,
                machine.ueid,
                OPERATOR,
                world.clock.instant().plus(LIFETIME),
                new Authorization.Making(machine.agreementKey.publicKey(), machine.ownerToken, 4));
        return new Dpf.Order(registration, machine.ueid, OPERATOR, authorization.sign(operator, key), Optional.empty());
    }

    private Dpf.Rules rules(long count) {
        return rules(operator, key, 16, count);
    }

    private Dpf.Rules rules(Certificate certificate, P256PrivateKey signer, int opcLength) {
        return rules(certificate, signer, opcLength, 1);
    }

    private Dpf.Rules rules(Certificate certificate, P256PrivateKey signer, int opcLength, long count) {
        return new Dpf.Rules(
                OPERATOR,
                "262010000000100",
                count,
                AkaAlgorithm.MILENAGE,
                SecretBytes.random(opcLength, world.random),
                "m2m.example",
                Opaque.of(certificate.der()),
                signer.pkcs8());
    }

    private Optional<Mail> mail(Ueid device) throws Refused {
        Optional<byte[]> answer = dpf.answer(device, DeviceResource.MAIL, new byte[0]);
        return answer.isEmpty() ? Optional.empty() : Optional.of(Machine.mail(answer));
    }

    private byte[] report(Ueid device, byte[] report) throws Refused {
        return dpf.answer(device, DeviceResource.REPORT, report).orElseThrow();
    }

    private ResultCode reportRefusal(Ueid device, byte[] report) {
        return catchThrowableOfType(Refused.class, () -> report(device, report)).code();
    }

    private void refuses(Dpf.Order order) {
        assertThat(refusal(order)).isEqualTo(ResultCode.NOT_AUTHORIZED);
    }

    private ResultCode refusal(Dpf.Order order) {
        return catchThrowableOfType(Refused.class, () -> dpf.authorize(order)).code();
    }
}
