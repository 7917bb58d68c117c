// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.Step;

/** A device changes from one operator to another: subscriber, DRF, DPF and both SHOs, whatever is cut. */
final class ChangeRunTest extends ChangeFixture {
    /** Of the roles here; what PVA and VNO report is theirs. */
    private static final List<Step> CHANGE = List.of(
            Step.HAND_OVER_PARAMETERS,
            Step.INSTRUCT,
            Step.CONTACT_RO,
            Step.DISCOVER_SHO,
            Step.REGISTER_WITH_SHO,
            Step.ANSWER_INQUIRY,
            Step.REPORT_VALIDATION,
            Step.AUTHORIZE_PROVISIONING,
            Step.DOWNLOAD_MCIM,
            Step.REMOVE_MCIM,
            Step.DISCARD_OLD,
            Step.REPORT_DISCARD,
            Step.ACKNOWLEDGE_DISCARD,
            Step.RELAY_ACKNOWLEDGEMENT,
            Step.PROVISION_MCIM,
            Step.REPORT_STATUS,
            Step.REGISTER_SUBSCRIPTION);

    /** Calls between roles in a change that nothing disturbs. */
    private static final int CALLS = 12;

    @Test
    void takesTheStepsOfAChangeOverTheOldConnectivity() throws Exception {
        change();
        assertThat(world.taken()).containsExactlyElementsOf(CHANGE);
        assertThat(calls).hasValue(CALLS);
        assertThat(subscriber.orders(machine.ueid)).hasSize(1);
        assertThat(pva.requests).hasSize(1); // in initial provisioning
    }

    @Test
    void tellsTheNewOperatorNothingAboutTheOldOne() throws Exception {
        Nonce old = change();
        byte[] heard = heardByNew.bytes();
        String imsi = "262010000000001";
        String text = new String(heard, StandardCharsets.ISO_8859_1);
        assertThat(text)
                .contains(machine.ueid.hex())
                .doesNotContain(
                        OLD.toString(),
                        "26201",
                        imsi,
                        old.toString(),
                        oldContext.certificate().commonName());
        for (byte[] secret : List.of(
                cbor(OLD.bytes()),
                old.bytes(),
                imsiAsOnTheAir(imsi),
                oldContext.certificate().der(),
                oldContext.certificate().publicKey().compressed(),
                machine.tokenFor(OLD).bytes(),
                machine.ownerToken.bytes())) {
            assertThat(text).doesNotContain(new String(secret, StandardCharsets.ISO_8859_1));
        }
    }

    private static byte[] cbor(byte[] content) {
        byte[] encoded = new byte[content.length + 1];
        encoded[0] = (byte) (0x40 | content.length);
        System.arraycopy(content, 0, encoded, 1, content.length);
        return encoded;
    }

    /** TS 24.008 10.5.1.4, without its head: digits in pairs, the lower first. */
    private static byte[] imsiAsOnTheAir(String digits) {
        byte[] packed = new byte[digits.length() / 2];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = (byte) ((digits.charAt(2 * i + 2) - '0') << 4 | (digits.charAt(2 * i + 1) - '0'));
        }
        return packed;
    }

    static Stream<Arguments> cuts() {
        return IntStream.rangeClosed(1, CALLS)
                .boxed()
                .flatMap(call -> Stream.of(Arguments.of(call, false), Arguments.of(call, true)));
    }

    @ParameterizedTest(name = "call {0}, reply lost {1}")
    @MethodSource("cuts")
    void endsWellThoughACallIsLostAndEveryRoleIsStoppedThen(int call, boolean reply) throws Exception {
        cutAt = call;
        replyLost = reply;
        change();
        // A question to the IVF that was cut is not asked again: then the PVA validates.
        List<Step> taken = world.taken().stream().filter(CHANGE::contains).toList();
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(taken)
                .containsAll(CHANGE.stream()
                        .filter(step -> step != Step.ANSWER_INQUIRY)
                        .toList());
    }

    @Test
    void changesByWayOfThePristineState() throws Exception {
        Nonce old = provision();
        OwnerOrder order = instruct(Procedure.PRISTINE);
        assertThat(icf.activated).hasSize(2);
        byte[] acknowledgement = release(old);
        assertThat(release(old)).isEqualTo(acknowledgement);
        Nonce nonce = obtain(new Register(
                Nonce.random(world.random), Optional.of(PCID), Procedure.PRISTINE, Optional.of(Machine.state())));
        end(nonce, order);
        assertThat(world.taken())
                .contains(Step.REMOVE_MCIM, Step.ANSWER_INQUIRY, Step.REPORT_STATUS, Step.REGISTER_SUBSCRIPTION);
        assertOnlyTheNewOperatorServes();
    }

    @Test
    void changesByWayOfThePristineStateWhenTheOldOperatorIsGone() throws Exception {
        Nonce old = provision();
        peers.set(OLD, null);
        OwnerOrder order = instruct(Procedure.PRISTINE);
        byte[] release = machine.release(old, OLD);
        assertThat(refusal(() -> drf.answer(machine.ueid, DeviceResource.RELEASE, release)))
                .isEqualTo(ResultCode.UNAVAILABLE);
        Nonce nonce = obtain(new Register(
                Nonce.random(world.random), Optional.of(PCID), Procedure.PRISTINE, Optional.of(Machine.state())));
        answer(DeviceResource.REPORT, machine.report(nonce, ResultCode.OK));
        answer(DeviceResource.ORDER, new OrderAnswer(order.id(), ResultCode.OK, true).encode());
        assertThat(subscriber.orders(machine.ueid))
                .extracting(Subscriber.Ordered::progress)
                .containsExactly(Subscriber.Progress.DONE);

        peers.set(OLD, cuttable(Sho.class, oldSho)); // and there again
        awaitIdle();
        assertThat(release(old)).isEqualTo(release(old));
        assertOnlyTheNewOperatorServes();
    }

    @Test
    void staysWithTheOldOperatorWhenTheDeviceGivesUp() throws Exception {
        provision();
        OwnerOrder order = instruct(Procedure.CHANGE);
        byte[] refused = new OrderAnswer(order.id(), ResultCode.POLICY, true).encode();
        answer(DeviceResource.ORDER, refused);
        answer(DeviceResource.ORDER, refused);
        awaitIdle();
        assertThat(subscriber.orders(machine.ueid).get(0).code()).isEqualTo(ResultCode.POLICY);
        assertThat(oldSho.registrations(machine.ueid))
                .extracting(Sho.Standing::progress)
                .containsExactly(Sho.Progress.PROVISIONED);
        assertThat(count(NEW, "contract")).isZero();
        assertThat(count(OLD, "contract")).isEqualTo(1);
    }

    @Test
    void comesBackToTheOperatorThatItLeft() throws Exception {
        change();
        subscriber.change(machine.ueid, Procedure.CHANGE, OLD);
        awaitIdle();
        Nonce back = obtain(register());
        assertThat(oldSho.registrations(machine.ueid))
                .extracting(Sho.Standing::registration)
                .contains(back);
    }
}
