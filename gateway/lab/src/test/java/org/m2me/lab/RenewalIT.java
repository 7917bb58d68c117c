// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.operators.Supplier.PcidWay;

/** Every part real: a device renews its PCID while it is at work, and gets on the air with it when its operator is gone. */
@Tag("long")
@Execution(ExecutionMode.CONCURRENT)
class RenewalIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"ISSUED_BY_CCIF, 901700000000002", "SENT_TO_CCIF, 901700000500001"})
    void aDeviceChangesItsOperatorWithAPcidThatWasRenewed(PcidWay way, String renewed) throws Exception {
        Options options = Options.with()
                .way(way)
                .pcidDays(20)
                .change(Optional.of(ChangeWay.pristine))
                .make();
        assertThat(LabHarness.told(options, directory))
                .contains(": it is " + renewed + " until ")
                .contains("registration nonce, PCID " + renewed)
                .contains("VERDICT: good. 1 of 1 devices work with the subscription of 262-02.");
    }
}
