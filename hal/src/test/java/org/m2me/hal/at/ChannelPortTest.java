// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelPortTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void carriesBytesOverTcp() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertCarriesBytes(server, "tcp://127.0.0.1:" + server.socket().getLocalPort());
        }
    }

    @Test
    void carriesBytesOverAUnixSocket() throws Exception {
        SocketAddress path = UnixDomainSocketAddress.of(directory.resolve("modem"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(path);
            assertCarriesBytes(server, "unix:" + directory.resolve("modem"));
        }
    }

    private static void assertCarriesBytes(ServerSocketChannel server, String address) throws Exception {
        try (AtPort port = AtPort.open(address);
                SocketChannel modem = server.accept()) {
            port.write("AT\r".getBytes(StandardCharsets.US_ASCII));
            ByteBuffer typed = ByteBuffer.allocate(3);
            while (typed.hasRemaining()) {
                assertThat(modem.read(typed)).isPositive();
            }
            assertThat(typed.array()).asString(StandardCharsets.US_ASCII).isEqualTo("AT\r");
            modem.write(ByteBuffer.wrap(new byte[] {'O', 'K'}));
            byte[] read = new byte[9];
            assertThat(port.read(read)).isEqualTo(2);
            modem.shutdownOutput();
            assertThat(port.read(read)).isEqualTo(-1);
        }
    }

    @Test
    void refusesAnAddressItDoesNotKnow() {
        assertThatThrownBy(() -> AtPort.open("/dev/ttyUSB2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tcp://host:port");
    }
}
