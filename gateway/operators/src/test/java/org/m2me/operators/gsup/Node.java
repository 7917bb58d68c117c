// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Map;
import org.m2me.protocol.identity.Imsi;

/** A serving node that says what a test wants it to, right or wrong. */
final class Node implements AutoCloseable {
    private static final int PATIENCE = 10_000; // ms; nothing on loopback takes so long

    final Socket socket = new Socket();
    private final InputStream in;

    Node(InetSocketAddress home) throws IOException {
        socket.connect(home, PATIENCE);
        socket.setSoTimeout(PATIENCE);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** One that is connected and has said who it is. */
    static Node named(InetSocketAddress home, String name) throws IOException {
        Node node = new Node(home);
        node.identify(name);
        return node;
    }

    Ccm.Type identify(String name) throws IOException {
        say(new Ccm(Ccm.Type.IDENTITY_RESPONSE, Map.of(Ccm.SERIAL_NUMBER, name)));
        Ccm heard = hearCcm();
        return heard.type() == Ccm.Type.IDENTITY_REQUEST ? hearCcm().type() : heard.type();
    }

    void say(Ccm ccm) throws IOException {
        raw(new IpaFrame(IpaFrame.Kind.CCM, ccm.encode()).encode());
    }

    void say(GsupMessage message) throws IOException {
        sayGsup(message.encode());
    }

    void sayGsup(byte[] message) throws IOException {
        raw(new IpaFrame(IpaFrame.Kind.GSUP, message).encode());
    }

    void raw(byte[] octets) throws IOException {
        socket.getOutputStream().write(octets);
    }

    GsupMessage ask(GsupType type, String imsi, GsupElement... elements) throws IOException {
        say(GsupMessage.of(type, new Imsi(imsi), elements));
        return hear();
    }

    IpaFrame hearFrame() throws IOException {
        return IpaFrame.read(in);
    }

    /** The next message, whatever is said between about the connection. */
    GsupMessage hear() throws IOException {
        IpaFrame frame = hearFrame();
        return frame.kind() == IpaFrame.Kind.GSUP ? GsupMessage.decode(frame.content()) : hear();
    }

    Ccm hearCcm() throws IOException {
        return Ccm.decode(hearFrame().content());
    }

    /** Whether it is cut off, whatever it is told before. */
    boolean isCut() throws IOException {
        try {
            long rest = in.transferTo(OutputStream.nullOutputStream());
            return rest >= 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
