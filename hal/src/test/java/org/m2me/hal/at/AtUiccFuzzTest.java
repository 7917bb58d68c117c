// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.hal.ModemException;
import org.m2me.hal.UiccChannel;

/** A modem's card answers with any bytes: what waits for it gets an answer or an exception, and waits no longer. */
@Timeout(10)
class AtUiccFuzzTest {
    private static final AtTiming HASTY = new AtTiming(
            Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), 0, "AT", 4, Duration.ZERO, 1);

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "+CCHO: 1\r\n\r\nOK\r\n~+CGLA: 4,\"9000\"\r\nOK\r\n",
                        "+CCHO: 1\r\n\r\nOK\r\n~+CGLA: 4,\"6102\"\r\nOK\r\n~+CGLA: 8,\"01029000\"\r\nOK\r\n",
                        "2\r\nOK\r\n~+CGLA: 4,\"6C04\"\r\nOK\r\n~+CGLA: 12,\"010203049000\"\r\nOK\r\n",
                        "ERROR\r\n~+CSIM: 6,\"019000\"\r\nOK\r\n~+CSIM: 4,\"9000\"\r\nOK\r\n",
                        "+CME ERROR: 4\r\n~+CSIM: 4,\"6E00\"\r\nOK\r\n~+CSIM: 4,\"6A82\"\r\nOK\r\n")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    }

    @MethodSource("seeds")
    @FuzzTest
    void answer(byte[] input) {
        try (AtEngine engine =
                new AtEngine(new Card(input), HASTY, System::nanoTime, new AtLog(line -> {}, System::nanoTime))) {
            UiccChannel channel = AtUicc.open(engine, new byte[] {(byte) 0xa0, 0, 0, 0, (byte) 0x87});
            assertThat(channel.transmit(new byte[] {0, (byte) 0xb0, 0, 0, 4})).isNotNull();
            channel.close();
        } catch (ModemException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    /**
     * Says its next part, which ends with a tilde, when a line was typed; is gone after the last one or an empty one, and
     * when the host still waits after a part.
     */
    private static final class Card implements AtPort {
        private static final long WAITING_MS = 3;
        private static final byte[] GONE = {};

        private final Deque<byte[]> answers = new ArrayDeque<>();
        private final BlockingQueue<byte[]> said = new LinkedBlockingQueue<>();
        private boolean spoke;

        Card(byte[] input) {
            int from = 0;
            for (int at = 0; at < input.length; at++) {
                if (input[at] == '~') {
                    answers.add(Arrays.copyOfRange(input, from, at));
                    from = at + 1;
                }
            }
            answers.add(Arrays.copyOfRange(input, from, input.length));
        }

        @Override
        public int read(byte[] into) {
            try {
                byte[] next = spoke ? said.poll(WAITING_MS, TimeUnit.MILLISECONDS) : said.take();
                if (next == null || next.length == 0) {
                    return -1;
                }
                spoke = true;
                int length = Math.min(next.length, into.length);
                System.arraycopy(next, 0, into, 0, length);
                return length;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return -1;
            }
        }

        @Override
        public synchronized void write(byte[] bytes) {
            byte[] next = answers.poll();
            said.add(next == null ? GONE : next);
            if (answers.isEmpty()) {
                said.add(GONE);
            }
        }

        @Override
        public void close() {
            said.add(GONE);
        }
    }
}
