// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.m2me.hal.emulated.Hotspot;
import org.m2me.hal.emulated.Radio;
import org.m2me.operators.wiring.RunningRole;

/** A network in which calls and datagrams get lost, come twice, late or in the wrong order, and roles die. */
public final class FaultNetwork implements Interference {
    private final Faults faults;
    private final AirFaults air;
    private final LongSupplier nanoTime;
    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final ExecutorService killers = Executors.newCachedThreadPool(work -> daemon(work, "killer"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "air-faults"));

    /** @param faults and {@code air}: when what goes wrong */
    public FaultNetwork(Faults faults, AirFaults air, LongSupplier nanoTime) {
        this.faults = faults;
        this.air = air;
        this.nanoTime = nanoTime;
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public RunningRole role(RunningRole role, Victim victim) {
        return new FaultyRole(victim, faults, outage -> cut(victim.name(), outage), killers).around(role);
    }

    private void cut(String role, Duration outage) {
        Line line = lines.get(role);
        if (line != null) {
            line.cut(outage);
        }
    }

    @Override
    public URI front(String role, URI served) throws IOException {
        Line line = lines.get(role);
        if (line == null) {
            line = new Line(new InetSocketAddress(InetAddress.getLoopbackAddress(), served.getPort()), nanoTime);
            lines.put(role, line);
        }
        return URI.create("https://" + served.getHost() + ":" + line.port());
    }

    @Override
    public Radio radio(String device, Radio radio) {
        return new Radio() {
            @Override
            public List<Network> scan() {
                return radio.scan();
            }

            @Override
            public Attachment attach(Network network, String imsi, String imei, Authenticator card) throws IOException {
                return faulty(device, radio.attach(network, imsi, imei, card));
            }
        };
    }

    private Radio.Attachment faulty(String device, Radio.Attachment attachment) {
        return new Radio.Attachment() {
            @Override
            public Radio.Session activate(String apn) throws IOException {
                return new FaultySession(attachment.activate(apn), device, air, timer);
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

    @Override
    public Hotspot hotspot(String device, Hotspot hotspot) {
        return name -> {
            Hotspot.Joined joined = hotspot.join(name);
            return new Hotspot.Joined(new FaultySession(joined.session(), device, air, timer), joined.dhcpOptions());
        };
    }

    @Override
    public void close() {
        lines.values().forEach(Line::close);
        killers.shutdownNow();
        timer.shutdownNow();
    }
}
