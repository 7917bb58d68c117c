// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Carries bytes between a card's connection on our loopback and a socket in the file system, unchanged, both ways. */
final class CardPassage implements AutoCloseable {
    private final ServerSocketChannel cards;
    private final ServerSocketChannel readers;

    /** @param socket where the reader's side connects */
    CardPassage(Path socket) throws IOException {
        cards = ServerSocketChannel.open();
        cards.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        readers = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        readers.bind(UnixDomainSocketAddress.of(socket));
        daemon(this::join);
    }

    /** Where the card connects. */
    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) cards.getLocalAddress();
    }

    private void join() {
        try (SocketChannel reader = readers.accept();
                SocketChannel card = cards.accept()) {
            card.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Thread back = daemon(() -> copy(card, reader));
            copy(reader, card);
            back.join();
        } catch (IOException over) {
            // closed before both were there
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer part = ByteBuffer.allocate(512); // longer than any APDU
        try (from;
                to) {
            while (from.read(part) >= 0) {
                part.flip();
                while (part.hasRemaining()) {
                    to.write(part);
                }
                part.clear();
            }
        } catch (IOException over) {
            // one of them is gone
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "card-passage");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        cards.close();
        readers.close();
    }
}
