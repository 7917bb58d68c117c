// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.TestClock;
import org.m2me.bridge.TestDevice;
import org.m2me.bridge.TestPki;
import org.m2me.bridge.device.DeviceAnswer;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Tally;
import org.m2me.bridge.device.Tally.Count;
import org.m2me.protocol.message.DeviceResource;

class SafeUdpDataParserTest {
    // CON PUT /b with Block1 (0, more, 16 bytes) and a payload of 23 bytes.
    private static final byte[] LARGER_THAN_ITS_BLOCK = packet();

    private static byte[] packet() {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.writeBytes(HexFormat.of().parseHex("4103200077b162d10308ff"));
        packet.writeBytes(new byte[23]);
        return packet.toByteArray();
    }

    @Test
    void namesAPayloadLargerThanItsBlockAFormatError() {
        AtomicInteger bad = new AtomicInteger();
        SafeUdpDataParser parser = new SafeUdpDataParser(bad::incrementAndGet);

        assertThatThrownBy(() -> parser.parseMessage(LARGER_THAN_ITS_BLOCK))
                .isInstanceOf(CoAPMessageFormatException.class);
        assertThat(bad).hasValue(1);
    }

    @Test
    void namesASizeThatCannotBeShownAFormatError() {
        AtomicInteger bad = new AtomicInteger();
        byte[] packet = HexFormat.of().parseHex("40032001" + "d42f" + "ffffffff"); // CON PUT, Size1

        assertThatThrownBy(() -> new SafeUdpDataParser(bad::incrementAndGet).parseMessage(packet))
                .isInstanceOf(CoAPMessageFormatException.class);
        assertThat(bad).hasValue(1);
    }

    @Test
    void answersAPayloadLargerThanItsBlockWithBadRequestAndNoStackTrace() throws Exception {
        TestClock clock = new TestClock();
        TestPki pki = new TestPki(clock);
        TestPki.Identity own = pki.role("gateway");
        Tally tally = new Tally();
        StackTraces stackTraces = new StackTraces();
        Logger.getLogger("").addHandler(stackTraces);
        CoapDoor door = new CoapDoor(
                new CoapDoor.Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        0,
                        Limits.DEFAULT,
                        Set.of(DeviceResource.values())),
                new CertificateProof(own.certificate(), own.key(), pki.supplierAnchors(), clock),
                (device, resource, body, reply) -> reply.accept(DeviceAnswer.nothing()),
                tally,
                clock);
        try (door) {
            byte[] answer = exchange(door.open(), pki);

            assertThat(answer[0] >> 4 & 3).as("acknowledgement").isEqualTo(2);
            assertThat(answer[1]).as("4.00").isEqualTo((byte) 0x80);
            assertThat(HexFormat.of().formatHex(answer, 2, 4)).as("message id").isEqualTo("2000");
            assertThat(tally.counts()).containsEntry(Count.BAD_REQUESTS, 1L);
            assertThat(stackTraces.seen).isEmpty();
        } finally {
            Logger.getLogger("").removeHandler(stackTraces);
        }
    }

    private static byte[] exchange(InetSocketAddress gateway, TestPki pki) throws IOException, InterruptedException {
        Configuration configuration = Configuration.createStandardWithoutFile();
        configuration.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0);
        DTLSConnector device =
                new DTLSConnector(TestDevice.dtls(configuration, pki, pki.device(pki.ueid()), new AtomicInteger()));
        BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
        device.setRawDataReceiver(data -> answers.add(data.getBytes()));
        device.start();
        try {
            device.send(RawData.outbound(LARGER_THAN_ITS_BLOCK, new AddressEndpointContext(gateway), null, false));
            byte[] answer = answers.poll(10, TimeUnit.SECONDS);
            assertThat(answer).as("an answer").isNotNull();
            return answer;
        } finally {
            device.destroy();
        }
    }

    private static final class StackTraces extends Handler {
        private final List<String> seen = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            if (entry.getThrown() != null) {
                seen.add(entry.getMessage() + ": " + entry.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
