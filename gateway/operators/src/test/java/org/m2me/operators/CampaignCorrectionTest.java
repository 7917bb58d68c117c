// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.Row;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.OrderAnswer;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** A device that a campaign brought says later by itself that it left: with all roles, and whatever stops in between. */
final class CampaignCorrectionTest extends ChangeFixture {
    private static final String NAME = "move";
    private static final long FELL_BACK = 11;

    private Row row() {
        try {
            return newSho.campaigns().rows(NAME, 0).get(0);
        } catch (Refused refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** Looks beside the operator, which has its own work to do on its database. */
    private void await(Outcome outcome) {
        String count = "SELECT COUNT(*) FROM campaign_device WHERE outcome = '" + outcome + "'";
        world.await(outcome.toString(), () -> world.number("sho." + NEW, "sho.db", count) == 1);
    }

    /** @return the registration by which the campaign's device came */
    private Nonce moved() throws Exception {
        Nonce old = provision();
        subscriber.agree(new Subscriber.Agreement(NEW, Procedure.CHANGE, List.of(machine.ueid)));
        Limits limits = new Limits(1, 50, 86_400, 1, 1, 1, 1);
        newSho.campaigns()
                .begin(new Plan(NAME, "fleet", Procedure.CHANGE, List.of(machine.ueid), limits, Optional.empty()));
        OwnerOrder order = machine.order(Mail.decode(answer(DeviceResource.MAIL, new byte[0])));
        answer(DeviceResource.ORDER, new OrderAnswer(order.id(), ResultCode.OK, false).encode());
        Nonce nonce = obtain(register());
        answer(DeviceResource.RELAY, new Relay(nonce, Opaque.of(release(old))).encode());
        end(nonce, order);
        await(Outcome.DONE);
        return nonce;
    }

    private void fallBack(Nonce nonce) {
        answer(DeviceResource.REPORT, machine.report(nonce, ResultCode.AUTHENTICATION_FAILED, FELL_BACK));
    }

    @Test
    void isCorrectedByTheDevicesOwnReportOnce() throws Exception {
        Nonce nonce = moved();
        fallBack(nonce);
        await(Outcome.FELL_BACK);
        Row corrected = row();
        world.clock.advance(Duration.ofMinutes(1));
        fallBack(nonce);
        awaitIdle();
        assertThat(row()).isEqualTo(corrected);
        assertThat(corrected.code()).isEqualTo(ResultCode.AUTHENTICATION_FAILED);
        assertThat(newSho.campaigns().status(NAME).state()).isEqualTo(Campaigns.State.ENDED);
    }

    @Test
    void isCorrectedThoughTheOperatorWasNotReachedAtFirstAndEverybodyStopped() throws Exception {
        Nonce nonce = moved();
        cutAt = calls.get() + 1; // the DPF's word to the operator
        replyLost = true;
        fallBack(nonce);
        awaitIdle();
        await(Outcome.FELL_BACK);
        assertThat(count(NEW, "auc_subscription")).isZero();
    }
}
