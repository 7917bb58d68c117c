// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Count;

class MassChangeTest {
    private static final int DEVICES = 4;
    private static final int PERCENT = 25;

    @TempDir
    private Path directory;

    @Test
    void countsOneValidationForEachUpdatedDeviceAndWithoutTheIvfOneForEachDevice() throws Exception {
        Clock clock = Clock.systemUTC();
        Progress silent = new Progress(new PrintStream(OutputStream.nullOutputStream(), false, "UTF-8"), false, clock);
        Comparison comparison = new Moves(directory, clock, new SecureRandom(), silent).run(DEVICES, PERCENT, 1);
        Taken on = comparison.on().moves().get(0);
        Taken off = comparison.off().moves().get(0);

        assertThat(on.devices()).isEqualTo(DEVICES).isEqualTo(off.devices());
        assertThat(on.counters().validations()).isEqualTo(1);
        assertThat(on.counters().authentications()).isEqualTo(DEVICES);
        assertThat(on.counts().answers())
                .containsExactlyInAnyOrder(new Count("VALID", DEVICES - 1), new Count("NEWER_STATE", 1));
        assertThat(off.counters().validations()).isEqualTo(DEVICES);
        assertThat(off.counters().authentications()).isZero();
        assertThat(on.air().validation()).isBetween(1L, off.air().validation() / 2);
        assertThat(on.pva().all()).isPositive();

        assertThat(comparison.table()).contains("integrity validations by the PVA");
        String svg = Drawing.of(comparison);
        assertThat(svg).contains("4.0 times less");
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
