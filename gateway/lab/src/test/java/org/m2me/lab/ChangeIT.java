// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.lab.network.Together;

/** The second act, every part real: the owner changes operator, in each of the ways. */
@Execution(ExecutionMode.CONCURRENT)
class ChangeIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(ChangeWay.class)
    void aDeviceComesToAnotherOperator(ChangeWay way) throws Exception {
        assertThat(LabHarness.told(options(1, true, way, Together.apart), directory))
                .contains("VERDICT: good. 1 of 1 devices work with the subscription of 262-02.");
    }

    @Test
    void aDeviceWithoutCellularAccessComesToAnotherOperatorByWayOfThePristineState() throws Exception {
        assertThat(LabHarness.told(options(1, false, ChangeWay.pristine, Together.apart), directory))
                .contains("VERDICT: good. 1 of 1 devices work with the subscription of 262-02.");
    }

    /** Twice the whole story for each way in which the specification lets roles go together. */
    @ParameterizedTest
    @EnumSource(value = Together.class, mode = EnumSource.Mode.EXCLUDE, names = "apart")
    @Tag("long")
    void goesWhicheverRolesAreOneSystem(Together together) throws Exception {
        assertThat(LabHarness.told(options(1, true, ChangeWay.old, together), directory.resolve("old")))
                .contains("VERDICT: good. 1 of 1 devices work with the subscription of 262-02.");
        assertThat(LabHarness.told(options(1, true, ChangeWay.pristine, together), directory.resolve("pristine")))
                .contains("VERDICT: good. 1 of 1 devices work with the subscription of 262-02.");
    }

    private static Options options(int devices, boolean cellular, ChangeWay way, Together together) {
        return Options.with()
                .devices(devices)
                .cellular(cellular)
                .change(Optional.of(way))
                .together(together)
                .make();
    }
}
