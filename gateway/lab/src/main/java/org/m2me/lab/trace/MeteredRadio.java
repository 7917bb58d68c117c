// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.trace;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BiConsumer;
import org.m2me.hal.Bearer;
import org.m2me.hal.emulated.Radio;

/** A radio whose sessions are counted by a meter, and whose attachments are told. */
public final class MeteredRadio implements Radio {
    private final Radio radio;
    private final AirMeter meter;
    private final BiConsumer<String, String> attached;

    /** @param attached told the PLMN and the IMSI of each attachment */
    public MeteredRadio(Radio radio, AirMeter meter, BiConsumer<String, String> attached) {
        this.radio = radio;
        this.meter = meter;
        this.attached = attached;
    }

    @Override
    public List<Network> scan() {
        return radio.scan();
    }

    @Override
    public Attachment attach(Network network, String imsi, String imei, Authenticator card) throws IOException {
        Attachment attachment = radio.attach(network, imsi, imei, card);
        attached.accept(network.plmn(), imsi);
        return new Attachment() {
            @Override
            public Session activate(String apn) throws IOException {
                return metered(attachment.activate(apn), meter);
            }

            @Override
            public void onLost(Runnable listener) {
                attachment.onLost(listener);
            }

            @Override
            public void close() {
                attachment.close();
            }
        };
    }

    /** The same session, counted. */
    public static Session metered(Session session, AirMeter meter) {
        return new Session() {
            @Override
            public InetAddress address() {
                return session.address();
            }

            @Override
            public void send(int localPort, InetSocketAddress destination, byte[] payload) throws IOException {
                meter.sent(payload);
                session.send(localPort, destination, payload);
            }

            @Override
            public void onReceive(Receiver receiver) {
                session.onReceive((port, source, payload) -> {
                    meter.received(payload);
                    receiver.received(port, source, payload);
                });
            }

            @Override
            public Bearer.Counters counters() {
                return session.counters();
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }
}
