// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A campaign moves a fleet of which one device got new firmware since it was validated: the command, from its first line to its status. */
@Tag("long")
class FleetChangeIT {
    private static final int DEVICES = 3;

    @Test
    void onlyTheUpdatedDeviceIsValidatedAnewWhenTheIvfIsAsked() throws Exception {
        Process command = m2me("fleet", "change", "--devices", String.valueOf(DEVICES), "--updated", "33");
        String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.print(said); // the table is worth a look in the build's log

        assertThat(command.waitFor()).isZero();
        assertThat(said.lines().map(line -> line.replaceAll(" +", " ").strip()))
                .containsSubsequence(
                        "3 devices of 262-01 change to 262-02, which asks the IVF",
                        "3 devices of 262-01 change to 262-02, which has the PVA validate each",
                        "IVF on IVF off saved",
                        "devices that changed 3 3",
                        "integrity validations by the PVA 1 3 2",
                        "credential checks by the PVA 3 0 -3")
                .contains("IVF off: answers from the IVF: none; fall-backs to the PVA: none")
                .anyMatch(line -> line.matches("PVA's processor time, ms \\d+ \\d+ -?\\d+"))
                .anyMatch(line -> line.matches("bytes on the air per device [1-9]\\d* [1-9]\\d* -?\\d+"))
                .anyMatch(line -> line.matches("seconds to the last device \\d+ \\d+ -?\\d+"));
        assertThat(said)
                .contains("IVF on: answers from the IVF: 1 NEWER_STATE, 2 VALID; fall-backs to the PVA: 1 NEWER_STATE");
    }

    private static Process m2me(String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dm2me.agent=" + System.getProperty("m2me.agent"),
                "-Dm2me.boards=" + System.getProperty("m2me.boards"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }
}
