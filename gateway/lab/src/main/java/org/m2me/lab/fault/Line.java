// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wire to a role: a TCP relay on loopback that can be cut. */
final class Line implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Line.class);
    private static final int BUFFER = 8192; // a TLS record of ours fits
    private static final int CONNECT_LIMIT_MS = 2_000; // loopback answers at once, or never

    private final InetSocketAddress role;
    private final LongSupplier nanoTime;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile long downUntil;

    Line(InetSocketAddress role, LongSupplier nanoTime) throws IOException {
        this.role = role;
        this.nanoTime = nanoTime;
        this.downUntil = nanoTime.getAsLong();
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread("line-" + role.getPort(), this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Breaks every connection; new ones are turned away until the outage is over. */
    void cut(Duration outage) {
        downUntil = nanoTime.getAsLong() + outage.toNanos();
        open.forEach(Line::close);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket caller = door.accept();
                if (nanoTime.getAsLong() - downUntil < 0) {
                    close(caller);
                } else {
                    join(caller);
                }
            } catch (IOException gone) {
                LOG.debug("line: {}", gone.toString());
            }
        }
    }

    private void join(Socket caller) {
        Socket there = new Socket();
        try {
            there.connect(role, CONNECT_LIMIT_MS);
            caller.setTcpNoDelay(true);
            there.setTcpNoDelay(true);
        } catch (IOException dead) {
            close(caller);
            close(there);
            return;
        }
        open.add(caller);
        open.add(there);
        thread("line-up", () -> pump(caller, there));
        thread("line-down", () -> pump(there, caller));
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
            }
        } catch (IOException broken) {
            LOG.debug("line: {}", broken.toString());
        } finally {
            close(from);
            close(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            LOG.debug("line: {}", gone.toString());
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException gone) {
            LOG.debug("line: {}", gone.toString());
        }
        open.forEach(Line::close);
    }
}
