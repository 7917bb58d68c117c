// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes are a datagram of a device: it is a message, or has the one exception that costs no stack trace. */
@Timeout(10)
class DatagramFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(register(), block(), fetch()).map(request -> new UdpDataSerializer().getByteArray(request));
    }

    private static Request register() {
        Request request = numbered(Request.newPost(), 1);
        request.getOptions().addUriPath("r").setContentFormat(60).setAccept(60);
        request.setPayload(new byte[] {(byte) 0xa1, 1, 0x40});
        return request;
    }

    private static Request block() {
        Request request = numbered(Request.newPut(), 2);
        request.getOptions().setBlock1(new BlockOption(0, true, 0)).setSize1(17);
        request.setPayload(new byte[16]);
        return request;
    }

    private static Request fetch() {
        Request request = numbered(Request.newGet(), 3);
        request.getOptions().addUriPath("m").addUriQuery("a=b").setObserve(0).addETag(new byte[4]);
        return request;
    }

    private static Request numbered(Request request, int number) {
        request.setMID(number);
        request.setToken(new byte[] {(byte) number});
        return request;
    }

    @MethodSource("seeds")
    @FuzzTest
    void parse(byte[] input) {
        AtomicInteger bad = new AtomicInteger();
        try {
            Message message = new SafeUdpDataParser(bad::incrementAndGet).parseMessage(input);
            assertThat(message.toString()).isNotEmpty();
            assertThat(bad).hasValue(0);
        } catch (MessageFormatException refused) {
            assertThat(bad.get()).isLessThanOrEqualTo(1);
        }
    }
}
