// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Authorization;
import org.m2me.operators.Dpf;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** MCIMs that the DPF makes by rules of the operator. */
final class StoredRulesTest extends DpfFixture {
    private static final String FIRST = "262010000000100";

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
        world.await("the SHO hears of the first, before it is replaced", () -> sho.generated.size() == 1);
        dpf.rules(rules(1));
        assertThat(refusal(toBeMade(nonce()))).isEqualTo(ResultCode.QUOTA);
        dpf.rules(rules(2));
        dpf.authorize(toBeMade(nonce()));
        world.await("the SHO hears of both", () -> sho.generated.size() == 2);
        assertThat(sho.generated).doesNotHaveDuplicates();
    }

    @Test
    void givesNoImsiOutTwiceWhenTheOperatorComesBackToARange() throws Exception {
        for (String first : List.of("262010000000100", "262010000000200", "262010000000100")) {
            dpf.rules(rules(operator, key, 16, first, 2));
            dpf.authorize(toBeMade(nonce()));
        }

        world.await("the SHO hears of the last", () -> sho.generated.contains(new Imsi("262010000000101")));
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
        return rules(operator, key, 16, FIRST, count);
    }

    private Dpf.Rules rules(Certificate certificate, P256PrivateKey signer, int opcLength) {
        return rules(certificate, signer, opcLength, FIRST, 1);
    }

    private Dpf.Rules rules(Certificate certificate, P256PrivateKey signer, int opcLength, String first, long count) {
        return new Dpf.Rules(
                OPERATOR,
                first,
                count,
                AkaAlgorithm.MILENAGE,
                SecretBytes.random(opcLength, world.random),
                "m2m.example",
                Opaque.of(certificate.der()),
                signer.pkcs8());
    }
}
