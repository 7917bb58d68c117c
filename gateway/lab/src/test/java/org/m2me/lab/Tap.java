// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.m2me.lab.fault.Interference;
import org.m2me.lab.network.LabPki;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.JdkForm;

/**
 * Keeps every byte of HTTP that one role receives. Each TLS connection between roles ends here, where the one that is
 * called shows a certificate of its name, and goes on over another one in the caller's name.
 */
final class Tap implements Interference {
    private static final int BUFFER = 16 * 1024; // a TLS record

    private final String listener;
    private final Map<String, Door> doors = new ConcurrentHashMap<>();
    private final Map<String, SSLContext> names = new ConcurrentHashMap<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Told> told = new CopyOnWriteArrayList<>();
    private final Set<Spoke> spoken = ConcurrentHashMap.newKeySet();
    private volatile @Nullable LabPki pki;

    /** @param listener the role whose ears these are */
    Tap(String listener) {
        this.listener = listener;
    }

    /** One direction of one connection. @param what whose requests, or whose answers */
    record Told(String what, ByteArrayOutputStream stream) {
        byte[] bytes() {
            return stream.toByteArray();
        }
    }

    /** Two roles with a connection between them. */
    record Spoke(String caller, String called) {}

    /** Who has called whom over HTTP so far, whoever listens. */
    Set<Spoke> spoken() {
        return Set.copyOf(spoken);
    }

    /** All of it so far. */
    List<Told> told() {
        return List.copyOf(told);
    }

    @Override
    public void trust(LabPki all) {
        pki = all;
    }

    @Override
    public URI front(String role, URI served) throws IOException {
        Door door = doors.get(role);
        if (door == null) {
            door = new Door(role);
            doors.put(role, door);
        }
        door.behind = served.getPort();
        return URI.create("https://" + served.getHost() + ":" + door.socket.getLocalPort());
    }

    private SSLContext as(String name) {
        return names.computeIfAbsent(name, this::context);
    }

    private SSLContext context(String name) {
        LabPki known = Objects.requireNonNull(pki, "an authority");
        LabPki.Identity identity = known.role(name);
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, new char[0]);
            anchors.setCertificateEntry("operators", JdkForm.of(known.operators()));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(anchors);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(JdkForm.keyManagers(identity.certificate(), identity.key()), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Where peers find a role. */
    private final class Door {
        private final String role;
        private final SSLServerSocket socket;
        private volatile int behind;

        Door(String role) throws IOException {
            this.role = role;
            this.socket = (SSLServerSocket)
                    as(role).getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            socket.setNeedClientAuth(true);
            thread(this::accept);
        }

        private void accept() {
            while (!socket.isClosed()) {
                try {
                    SSLSocket caller = (SSLSocket) socket.accept();
                    thread(() -> join(caller));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void join(SSLSocket caller) {
            open.add(caller);
            try {
                caller.startHandshake();
                String name = Certificate.parse(
                                caller.getSession().getPeerCertificates()[0].getEncoded())
                        .commonName();
                spoken.add(new Spoke(name, role));
                Socket there = as(name).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), behind);
                open.add(there);
                thread(() -> pump(caller, there, heard(role, "requests of " + name)));
                pump(there, caller, heard(name, "answers of " + role));
            } catch (IOException | GeneralSecurityException away) {
                close(caller); // as it would be without a tap: the role is away, or lets nobody in
            }
        }
    }

    private Optional<OutputStream> heard(String by, String what) {
        if (!by.equals(listener)) {
            return Optional.empty();
        }
        Told one = new Told(what, new ByteArrayOutputStream());
        told.add(one);
        return Optional.of(one.stream());
    }

    private static void pump(Socket from, Socket to, Optional<OutputStream> ear) {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (ear.isPresent()) {
                    ear.get().write(buffer, 0, read); // before anybody can act on it
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException broken) {
            // Both ends find out: their connections are closed.
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception gone) {
            throw new UncheckedIOException(new IOException(gone));
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "tap");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        doors.values().forEach(door -> close(door.socket));
        open.forEach(Tap::close);
    }
}
