// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.access;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.function.Function;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.radio.Apn;
import org.m2me.protocol.radio.Frames;
import org.m2me.protocol.radio.GtpU;
import org.m2me.protocol.radio.Ipv4Packet;
import org.m2me.protocol.radio.Ipv4Udp;
import org.m2me.protocol.radio.MobileIdentity;
import org.m2me.protocol.radio.RadioCodec;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.RoutingArea;
import org.m2me.protocol.radio.TunnelEndpoint;

/** A mobile that says what a test wants it to, right or wrong. */
public final class AirMobile implements AutoCloseable {
    private static final int PATIENCE = 10_000; // ms; nothing on loopback takes so long
    private static final int SILENCE = 200; // ms in which a packet on loopback would have come
    private static final String IMEI = "352099001761481";
    private static final RoutingArea NOWHERE = new RoutingArea(new Plmn("001", "01"), 0xfffe, 0xff);

    private final Socket signalling = new Socket();
    private final DatagramSocket tunnel;

    public AirMobile(InetSocketAddress network) throws IOException {
        signalling.connect(network, PATIENCE);
        signalling.setSoTimeout(PATIENCE);
        tunnel = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public void say(RadioMessage.Uplink message) throws IOException {
        sendFrame(message.encode());
    }

    public void sendFrame(byte[] frame) throws IOException {
        Frames.write(signalling.getOutputStream(), frame);
    }

    public void sendRaw(byte[] octets) throws IOException {
        signalling.getOutputStream().write(octets);
    }

    public byte[] hearFrame() throws IOException {
        return Frames.read(signalling.getInputStream());
    }

    public RadioMessage.Downlink hear() throws IOException {
        return RadioCodec.decodeDownlink(hearFrame());
    }

    /** Whether the network has cut the line. */
    public boolean isCut() throws IOException {
        try {
            return signalling.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Attaches as this card's, and returns the network's last word. */
    public RadioMessage.Downlink attach(Usim card) throws IOException {
        return attach(card, card::answer);
    }

    /** With this answer to every challenge. */
    public RadioMessage.Downlink attach(
            Usim card, Function<RadioMessage.AuthenticationRequest, RadioMessage.Uplink> answers) throws IOException {
        return attach(MobileIdentity.imsi(card.imsi), answers);
    }

    /** Without a card. */
    public RadioMessage.Downlink attachByImei() throws IOException {
        return attach(MobileIdentity.imei(IMEI), request -> new RadioMessage.AttachComplete());
    }

    private RadioMessage.Downlink attach(
            MobileIdentity identity, Function<RadioMessage.AuthenticationRequest, RadioMessage.Uplink> answers)
            throws IOException {
        say(new RadioMessage.AttachRequest(identity, NOWHERE));
        while (true) {
            RadioMessage.Downlink said = hear();
            if (said instanceof RadioMessage.IdentityRequest) {
                say(new RadioMessage.IdentityResponse(MobileIdentity.imei(IMEI)));
            } else if (said instanceof RadioMessage.AuthenticationRequest request) {
                say(answers.apply(request));
            } else {
                if (said instanceof RadioMessage.AttachAccept) {
                    say(new RadioMessage.AttachComplete());
                }
                return said;
            }
        }
    }

    public RadioMessage.Downlink activate(String apn) throws IOException {
        say(new RadioMessage.ActivateRequest(0, new Apn(apn), here()));
        return hear();
    }

    /** Activates an access point that it is allowed. */
    public RadioMessage.ActivateAccept open(String apn) throws IOException {
        RadioMessage.Downlink answer = activate(apn);
        if (answer instanceof RadioMessage.ActivateAccept accept) {
            return accept;
        }
        throw new IOException("not activated: " + answer);
    }

    public TunnelEndpoint here() {
        return new TunnelEndpoint(tunnel.getLocalPort(), 0x1001);
    }

    /** Sends a packet through a tunnel of the network's. */
    public void send(TunnelEndpoint there, byte[] packet) throws IOException {
        byte[] datagram = new GtpU(there.teid(), packet).encode();
        tunnel.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), there.port()));
    }

    /** A datagram of the device's, in its packet. */
    public static byte[] packet(Inet4Address source, InetSocketAddress to, byte[] payload) throws IOException {
        return new Ipv4Udp(source, 40_000, (Inet4Address) to.getAddress(), to.getPort(), payload).encode();
    }

    /** What comes back through the tunnel. */
    public Ipv4Udp receive() throws IOException {
        tunnel.setSoTimeout(PATIENCE);
        return next();
    }

    /** Whether nothing comes back. */
    public boolean hearsNothing() throws IOException {
        tunnel.setSoTimeout(SILENCE);
        try {
            next();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    private Ipv4Udp next() throws IOException {
        DatagramPacket datagram = new DatagramPacket(new byte[2000], 2000);
        tunnel.receive(datagram);
        GtpU tunnelled = GtpU.decode(Arrays.copyOf(datagram.getData(), datagram.getLength()));
        if (tunnelled.teid() != here().teid()) {
            throw new IOException("TEID of somebody else");
        }
        return Ipv4Udp.of(Ipv4Packet.decode(tunnelled.packet()));
    }

    @Override
    public void close() throws IOException {
        signalling.close();
        tunnel.close();
    }
}
