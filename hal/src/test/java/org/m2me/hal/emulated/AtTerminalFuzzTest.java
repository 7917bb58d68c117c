// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.hal.card.VpcdCardSlot;

/** Any bytes are typed at the emulated modem: whatever was said before, a host that comes then is served. */
@Timeout(10)
class AtTerminalFuzzTest {
    private final EmulatedModem modem = modemThatIsOff();
    private AutoCloseable inserted = () -> {};

    private static EmulatedModem modemThatIsOff() {
        try {
            return new EmulatedModem(new TestRadio(), "490154203237518", Duration.ofMillis(20), System::nanoTime);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void insertCard() throws IOException {
        URI slot = URI.create(modem.cardSlot());
        inserted = new VpcdCardSlot(new InetSocketAddress(slot.getHost(), slot.getPort()))
                .insert(new TestCard("901700000000017", true));
    }

    @AfterEach
    void closeAll() throws Exception {
        inserted.close();
        modem.close();
    }

    static Stream<byte[]> seeds() throws IOException {
        var stream =
                Objects.requireNonNull(AtTerminalFuzzTest.class.getResourceAsStream("/at/modemmanager-commands.txt"));
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> line.startsWith("AT")).distinct().toList().stream()
                    .map(line -> (line + "\r").getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void type(byte[] input) {
        switchOn();
        modem.serve(new Host(input));
        switchOn();
        Host next = new Host("ATZ\rATE0\rAT+CGSN\r".getBytes(StandardCharsets.US_ASCII));
        modem.serve(next);
        assertThat(next.heard())
                .as("the answer whole; a report may come after it")
                .contains("\r\n490154203237518\r\n\r\nOK\r\n");
    }

    private void switchOn() {
        modem.getInto(Trouble.NONE);
        if (!modem.isOn()) {
            modem.pressPowerKey();
        }
    }

    /** Types what it was given, and leaves. */
    private static final class Host implements ByteChannel {
        private final ByteBuffer types;
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        Host(byte[] types) {
            this.types = ByteBuffer.wrap(types);
        }

        String heard() {
            return heard.toString(StandardCharsets.ISO_8859_1);
        }

        @Override
        public int read(ByteBuffer into) {
            if (!types.hasRemaining()) {
                return -1;
            }
            int length = Math.min(into.remaining(), types.remaining());
            for (int i = 0; i < length; i++) {
                into.put(types.get());
            }
            return length;
        }

        @Override
        public int write(ByteBuffer from) {
            byte[] said = new byte[from.remaining()];
            from.get(said);
            heard.writeBytes(said);
            return said.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
