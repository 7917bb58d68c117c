// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.m2me.operators.gsup.Ccm;
import org.m2me.operators.gsup.IpaFrame;

/** Stands between a serving node and its home, passes everything on, and tells what is said about the connection. */
final class GsupTap implements AutoCloseable {
    /** Something about the connection. @param fromNode whether the serving node said it */
    record Heard(boolean fromNode, Ccm said) {}

    private final ServerSocket server;
    private final InetSocketAddress home;
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final AtomicInteger connections = new AtomicInteger();

    GsupTap(InetSocketAddress home) throws IOException {
        this.home = home;
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /** The next thing of this kind that the node or the home says. */
    Ccm next(boolean fromNode, Ccm.Type type, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Heard next = heard.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("no " + type + " within " + limit);
            }
            if (next.fromNode() == fromNode && next.said().type() == type) {
                return next.said();
            }
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "tap");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket node = server.accept();
                connections.incrementAndGet();
                Socket upstream = new Socket();
                try {
                    upstream.connect(home);
                } catch (IOException away) {
                    node.close();
                    continue;
                }
                thread(() -> pass(node, upstream, true));
                thread(() -> pass(upstream, node, false));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void pass(Socket from, Socket to, boolean fromNode) {
        try (from;
                to) {
            while (true) {
                IpaFrame frame = IpaFrame.read(from.getInputStream());
                if (frame.kind() == IpaFrame.Kind.CCM) {
                    heard.add(new Heard(fromNode, Ccm.decode(frame.content()))); // before the answer can be heard
                }
                to.getOutputStream().write(frame.encode());
            }
        } catch (IOException over) {
            return; // the other direction ends with it
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
