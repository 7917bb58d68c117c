// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A port on a TCP or Unix stream socket. */
final class ChannelPort implements AtPort {
    /** A modem server is on this host or the next one; a longer silence means that nobody is there. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    private static final String UNIX = "unix:";

    private final SocketChannel channel;

    private ChannelPort(SocketChannel channel) {
        this.channel = channel;
    }

    static ChannelPort open(String address) throws IOException {
        if (address.startsWith(UNIX)) {
            var path = UnixDomainSocketAddress.of(address.substring(UNIX.length()));
            SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX);
            return connected(unix, () -> unix.connect(path));
        }
        URI uri = URI.create(address);
        if (!"tcp".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 1) {
            throw new IllegalArgumentException("port address is neither tcp://host:port nor unix:/path: " + address);
        }
        var remote = new InetSocketAddress(uri.getHost(), uri.getPort());
        SocketChannel tcp = SocketChannel.open();
        return connected(tcp, () -> {
            tcp.setOption(StandardSocketOptions.TCP_NODELAY, true); // commands are short and answered at once
            tcp.socket().connect(remote, Math.toIntExact(CONNECT_LIMIT.toMillis()));
        });
    }

    private interface Connect {
        void run() throws IOException;
    }

    private static ChannelPort connected(SocketChannel channel, Connect connect) throws IOException {
        try {
            connect.run();
            return new ChannelPort(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] into) throws IOException {
        return channel.read(ByteBuffer.wrap(into));
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
