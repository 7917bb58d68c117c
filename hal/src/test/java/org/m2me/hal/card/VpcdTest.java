// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.m2me.hal.SmartCard;
import org.m2me.hal.Until;

class VpcdTest {
    private static final byte[] ATR = {0x3b, 0x00};

    /** Answers the command reversed, and 9000. */
    private static final class Reversing implements SmartCard {
        final AtomicInteger resets = new AtomicInteger();
        final List<Thread> resetBy = new CopyOnWriteArrayList<>();

        @Override
        public byte[] atr() {
            return ATR;
        }

        @Override
        public void reset() {
            resetBy.add(Thread.currentThread());
            resets.incrementAndGet();
        }

        @Override
        public byte[] transmit(byte[] command) {
            byte[] answer = Arrays.copyOf(command, command.length + 2);
            for (int i = 0; i < command.length; i++) {
                answer[i] = command[command.length - 1 - i];
            }
            answer[command.length] = (byte) 0x90;
            return answer;
        }
    }

    private final Reversing card = new Reversing();

    @Test
    void aCardAnswersThroughAReader() throws Exception {
        BlockingQueue<Boolean> presence = new ArrayBlockingQueue<>(8);
        try (VpcdReader reader = new VpcdReader(presence::add)) {
            reader.start();
            assertThat(reader.isPresent()).isFalse();
            AutoCloseable inserted = new VpcdCardSlot(reader.address()).insert(card);
            assertThat(presence.poll(30, TimeUnit.SECONDS)).isTrue();

            assertThat(reader.atr()).isEqualTo(ATR);
            reader.reset();
            assertThat(reader.transmit(new byte[] {1, 2, 3, 4})).containsExactly(4, 3, 2, 1, 0x90, 0);
            assertThat(card.resets).hasValue(1);

            inserted.close();
            assertThat(presence.poll(30, TimeUnit.SECONDS)).isFalse();
            assertThatThrownBy(() -> reader.transmit(new byte[] {1, 2, 3, 4})).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aCardThatComesTakesThePlaceOfTheOneInTheSlot() throws Exception {
        BlockingQueue<Boolean> presence = new ArrayBlockingQueue<>(8);
        try (VpcdReader reader = new VpcdReader(presence::add)) {
            reader.start();
            VpcdCardSlot slot = new VpcdCardSlot(reader.address());
            AutoCloseable first = slot.insert(new Reversing());
            assertThat(presence.poll(30, TimeUnit.SECONDS)).isTrue();
            first.close();
            AutoCloseable second = slot.insert(card);
            Until.holds("the second card is in the slot", () -> isReset(reader));
            second.close();
        }
    }

    private boolean isReset(VpcdReader reader) {
        try {
            reader.reset();
            assertThat(reader.atr()).isEqualTo(ATR);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("card"); // the first is still on its way out
        }
        return card.resets.get() > 0;
    }

    /** The frames as pcscd's virtual reader sends them: length and content apart, control bytes of length 1. */
    @Test
    void aCardUnderstandsAnyReaderOfTheProtocolAndComesBackToIt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AutoCloseable inserted = new VpcdCardSlot(
                            new InetSocketAddress(server.getInetAddress(), server.getLocalPort()))
                    .insert(card);
            for (int connection = 1; connection <= 2; connection++) {
                try (Socket reader = server.accept()) {
                    DataOutputStream out = new DataOutputStream(reader.getOutputStream());
                    DataInputStream in = new DataInputStream(reader.getInputStream());
                    for (int control : new int[] {0, 1, 2, 4}) {
                        out.writeShort(1);
                        out.flush();
                        out.write(control);
                        out.flush();
                    }
                    assertThat(in.readUnsignedShort()).isEqualTo(ATR.length);
                    assertThat(in.readNBytes(ATR.length)).isEqualTo(ATR);
                    out.writeShort(5);
                    out.write(new byte[] {0, (byte) 0xb0, 0, 0, 9});
                    assertThat(in.readUnsignedShort()).isEqualTo(7);
                    assertThat(in.readNBytes(7)).containsExactly(9, 0, 0, 0xb0, 0, 0x90, 0);
                    assertThat(card.resets).hasValue(2 * connection);
                }
            }
            inserted.close();
        }
    }

    @Test
    void takesTheCardOutAtOnceThoughTheReaderLetsNobodyIn() throws Exception {
        List<Socket> queue = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
            AutoCloseable inserted = new VpcdCardSlot(address).insert(card);
            Socket reader = server.accept();
            queue.add(reader);
            fill(queue, address);
            reader.getOutputStream().write(new byte[] {0, 1, 1}); // one byte: power on
            Until.holds("the card was reset", () -> !card.resetBy.isEmpty());
            Thread served = card.resetBy.get(0);
            reader.close();
            Until.holds("the card tries to come back", () -> isConnecting(served));

            inserted.close();

            assertThat(isConnecting(served))
                    .as("a connection is waited for 5 s")
                    .isTrue();
        } finally {
            for (Socket waiting : queue) {
                waiting.close();
            }
        }
    }

    private static boolean isConnecting(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("connect"));
    }

    /** Until the next connection is not taken any more. */
    private static void fill(List<Socket> queue, InetSocketAddress address) throws IOException {
        try {
            while (true) {
                Socket next = new Socket();
                queue.add(next);
                next.connect(address, 300);
            }
        } catch (SocketTimeoutException full) {
            assertThat(queue).hasSizeLessThan(10);
        }
    }

    @Test
    void saysWhereTheSlotIsThatCannotBeReached() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) server.getLocalSocketAddress();
        }

        assertThatThrownBy(() -> new VpcdCardSlot(nobody).insert(card))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(nobody.getPort()));
    }
}
