// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.m2me.hal.emulated.Hotspot;
import org.m2me.hal.emulated.Radio;
import org.m2me.operators.wiring.RunningRole;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network in which calls and datagrams get lost, come twice, late or in the wrong order, roles die, disks get full and
 * clocks are set wrong.
 */
public final class FaultNetwork implements Interference {
    /** So often it is decided whose clock is wrong next. */
    public static final Duration CLOCK_PERIOD = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(FaultNetwork.class);

    private final Faults faults;
    private final AirFaults air;
    private final ClockFaults clockFaults;
    private final Disks disks;
    private final LongSupplier nanoTime;
    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final SortedMap<String, FaultyClock> clocks = new ConcurrentSkipListMap<>();
    private final ExecutorService killers = Executors.newCachedThreadPool(work -> daemon(work, "killer"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "faults"));

    /** One with right clocks and endless disks. @param faults and {@code air}: when what goes wrong */
    public FaultNetwork(Faults faults, AirFaults air, LongSupplier nanoTime) {
        this(faults, air, ClockFaults.NONE, new Disks(false), nanoTime);
    }

    /**
     * One in which anything may go wrong.
     *
     * @param faults and {@code air}, {@code clockFaults}: when what goes wrong
     * @param disks closed with this
     */
    public FaultNetwork(Faults faults, AirFaults air, ClockFaults clockFaults, Disks disks, LongSupplier nanoTime) {
        this.faults = faults;
        this.air = air;
        this.clockFaults = clockFaults;
        this.disks = disks;
        this.nanoTime = nanoTime;
        ScheduledFuture<?> unused = timer.scheduleAtFixedRate(
                this::setAClock, CLOCK_PERIOD.toMillis(), CLOCK_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void setAClock() {
        clockFaults.next(List.copyOf(clocks.keySet())).ifPresent(jump -> {
            LOG.info("the clock of {} is off by {} for {}", jump.clock(), jump.by(), jump.howLong());
            Optional.ofNullable(clocks.get(jump.clock())).ifPresent(clock -> clock.jump(jump.by(), jump.howLong()));
        });
    }

    @Override
    public Clock clock(String name, Clock right) {
        return clocks.computeIfAbsent(name, unused -> new FaultyClock(right, nanoTime));
    }

    @Override
    public Duration clockOffset(String device) {
        return clockFaults.atStart(device);
    }

    @Override
    public void disk(String owner, Path directory) throws IOException {
        disks.mount(owner, directory);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public RunningRole role(RunningRole role, Victim victim) {
        return new FaultyRole(
                        victim,
                        faults,
                        outage -> cut(victim.name(), outage),
                        howLong -> disks.fill(victim.name(), howLong),
                        killers)
                .around(role);
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
        disks.close();
    }
}
