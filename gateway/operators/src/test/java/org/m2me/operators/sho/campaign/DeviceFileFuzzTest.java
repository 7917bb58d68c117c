// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.command.Unusable;
import org.m2me.protocol.identity.Ueid;

/** Any bytes are a list of devices, each once, or are refused with a reason that names the file. */
@Timeout(10)
class DeviceFileFuzzTest {
    private static final String DEVICE = "01" + "ab".repeat(16);

    static Stream<byte[]> seeds() {
        return Stream.of(
                        DEVICE + "\n01" + "CD".repeat(16) + "\r\n",
                        "# ours\n\nplace,\"Device\"\n\"Main St., 1\"," + DEVICE + "\n",
                        "device,wave,outcome\n" + DEVICE + ",1,DONE\n" + DEVICE + ",1,DONE\n\"")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void read(byte[] input) {
        try {
            List<Ueid> devices = DeviceFile.of("fleet.csv", input);
            assertThat(devices).isNotEmpty().doesNotHaveDuplicates();
        } catch (Unusable refused) {
            assertThat(refused).hasMessageStartingWith("fleet.csv: ");
        }
    }
}
