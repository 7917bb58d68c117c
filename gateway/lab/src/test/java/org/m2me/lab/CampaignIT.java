// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Invariants;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Outcome;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Count;
import org.m2me.operators.Subscriber.Agreement;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.step.Procedure;

/** A fleet changes to another operator as a campaign of that operator, every part real. */
class CampaignIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path directory;

    @Test
    void movesAFleetInWavesWithoutAskingThePvaToValidateAndGoesOnAfterTheOperatorRestarted() throws Exception {
        Options options =
                Options.with().devices(2).change(Optional.of(ChangeWay.old)).make();
        try (LabHarness lab = new LabHarness(options, directory)) {
            List<DeviceRun> runs = lab.place(0);
            for (DeviceRun run : runs) {
                lab.works(run, LIMIT);
            }
            List<Ueid> devices = runs.stream().map(run -> run.device().ueid()).toList();
            lab.lab.network().subscriber().agree(new Agreement(Lab.OTHER_OPERATOR, Procedure.CHANGE, devices));
            Campaigns campaigns = lab.lab.network().campaigns(Lab.OTHER_OPERATOR);
            Limits oneByOne = new Limits(1, 50, 300, 1, 10, 60, 60);
            campaigns.begin(new Plan("move", "fleet", Procedure.CHANGE, devices, oneByOne, Optional.empty()));

            lab.keepsOn(
                    runs.get(0),
                    LIMIT,
                    () -> campaigns.status("move").outcomes().contains(new Count(Outcome.DONE.name(), 1)));
            lab.lab.network().restart("sho." + Lab.OTHER_OPERATOR);
            lab.keepsOn(runs.get(0), LIMIT, () -> campaigns.status("move").state() == State.ENDED);

            assertThat(campaigns.rows("move", 0))
                    .extracting(Campaigns.Row::outcome)
                    .containsExactly(Outcome.DONE, Outcome.DONE);
            assertThat(lab.lab
                            .network()
                            .operator(Lab.OTHER_OPERATOR)
                            .validationCounts()
                            .validations())
                    .isZero();
            assertThat(new Invariants(lab.lab.network(), CLOCK)
                            .settle(runs.stream()
                                    .map(run -> Expected.after(run, Procedure.CHANGE))
                                    .toList()))
                    .isEmpty();
        }
    }
}
