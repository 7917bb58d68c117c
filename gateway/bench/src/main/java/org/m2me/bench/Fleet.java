// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.m2me.bench.LightDevice.Air;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.operators.DeviceService;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.operators.Supplier.Made;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.m2me.protocol.message.Refused;

/** The devices of one owner, of one model. */
final class Fleet implements AutoCloseable {
    /** Devices on the air at a time: more than two cores emulate in what a round of inquiries waits for the next. */
    static final int AT_ONCE = 112;

    private static final int LINES = 4; // production lines: keep two processors busy
    private static final Duration NEWS_WAIT = Duration.ofMillis(500);
    private static final Duration WAKE = Duration.ofSeconds(5); // devices do not ask in the moment when an order comes
    private static final int PERCENT = 100;

    private final FleetNetwork network;
    private final Path directory;
    private final Clock clock;
    private final SecureRandom random;
    private final Progress progress;
    private final List<LightDevice> devices = new ArrayList<>();
    private List<MeasuredComponent> newest = BenchIvf.COMPONENTS;
    private long seen; // of the mailboxes' news: what an earlier move was about wakes nobody in the next

    Fleet(FleetNetwork network, Path directory, Clock clock, SecureRandom random, Progress progress) {
        this.network = network;
        this.directory = directory;
        this.clock = clock;
        this.random = random;
        this.progress = progress;
    }

    List<Ueid> names() {
        return devices.stream().map(LightDevice::ueid).toList();
    }

    /** Makes and sells them, and publishes what they measure. */
    void make(int count) throws IOException, Refused, InterruptedException {
        TrustedEnvironmentProvider kind =
                ServiceLoader.load(TrustedEnvironmentProvider.class).findFirst().orElseThrow();
        Supplier supplier = network.client(Names.LINE, Supplier.class, Names.SUPPLIER);
        Subscriber owner = network.client(Names.consoleOf(Names.SUBSCRIBER), Subscriber.class, Names.SUBSCRIBER);
        supplier.release(LightDevice.MODEL, newest);
        byte[] anchor = network.anchor().der();
        List<Callable<LightDevice>> works = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            Path store = directory.resolve(Integer.toString(number));
            works.add(() -> {
                Made made = supplier.make(blank(kind.make(Files.createDirectories(store), random)));
                kind.personalise(store, content(made, anchor), random);
                owner.choose(
                        new Subscriber.Purchase(made.device(), made.pcid(), made.ownerToken(), made.depositForm()),
                        Names.WITH);
                return new LightDevice(store, kind, random, clock);
            });
        }
        devices.addAll(together("made", works, LINES));
    }

    private static TrustedEnvironmentProvider.Personalisation content(Made made, byte[] anchor) {
        return new TrustedEnvironmentProvider.Personalisation(
                made.platformCertificate().bytes(),
                made.transportCertificate().bytes(),
                List.of(anchor),
                made.supplierCertificate().bytes(),
                made.pcidEnvelope().bytes(),
                made.ownerToken().bytes());
    }

    private static Supplier.Blank blank(TrustedEnvironmentProvider.Blank blank) {
        return new Supplier.Blank(
                new Ueid(Opaque.of(blank.ueid())),
                LightDevice.MODEL,
                Opaque.of(blank.platformKey()),
                Opaque.of(blank.transportKey()),
                Opaque.of(blank.agreementKey()),
                new Nonce(Opaque.of(blank.pcidNonce())),
                PcidWay.ISSUED_BY_CCIF);
    }

    /** Each gets its first subscription. */
    void provision() throws InterruptedException {
        List<Callable<LightDevice>> works = new ArrayList<>();
        for (LightDevice device : devices) {
            works.add(() -> {
                device.provision(network.entrance());
                return device;
            });
        }
        together("provisioned", works, AT_ONCE);
    }

    private <T> List<T> together(String done, List<Callable<T>> works, int atOnce) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            AtomicInteger count = new AtomicInteger();
            List<Future<T>> all = new ArrayList<>();
            for (Callable<T> work : works) {
                all.add(threads.submit(() -> {
                    T result = work.call();
                    progress.show(done, count.incrementAndGet(), works.size());
                    return result;
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> one : all) {
                results.add(result(one));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** A newer release, which this share of the fleet has. */
    void update(int percent) throws IOException, Refused, TrustException {
        List<MeasuredComponent> next = new ArrayList<>(newest);
        next.set(1, BenchIvf.newer(next.get(1)));
        newest = List.copyOf(next);
        network.client(Names.LINE, Supplier.class, Names.SUPPLIER).release(LightDevice.MODEL, newest);
        for (int i = 0; i < devices.size(); i++) {
            if ((i + 1) * percent / PERCENT > i * percent / PERCENT) { // all over the fleet
                devices.get(i).update(newest);
            }
        }
    }

    /**
     * Wakes each device soon after its order is in its mailbox, and has it change.
     *
     * @return what each took on the air
     */
    List<Air> change() throws InterruptedException {
        Map<Ueid, LightDevice> asleep = new HashMap<>();
        devices.forEach(device -> asleep.put(device.ueid(), device));
        DeviceService mailboxes = network.mailboxes();
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(AT_ONCE);
        try {
            AtomicInteger done = new AtomicInteger();
            List<Future<Air>> all = new ArrayList<>();
            while (!asleep.isEmpty()) {
                for (Future<Air> one : all) {
                    if (one.isDone()) {
                        result(one); // nobody waits for the others when one has failed
                    }
                }
                DeviceFeed news = mailboxes.feed(seen, NEWS_WAIT);
                seen = news.latest();
                for (Ueid name : news.devices()) {
                    Optional.ofNullable(asleep.remove(name)).ifPresent(device -> {
                        Callable<Air> change = () -> {
                            Air air = device.change(network.entrance());
                            progress.show("changed", done.incrementAndGet(), devices.size());
                            return air;
                        };
                        all.add(threads.schedule(change, WAKE.toMillis(), TimeUnit.MILLISECONDS));
                    });
                }
            }
            List<Air> taken = new ArrayList<>();
            for (Future<Air> one : all) {
                taken.add(result(one));
            }
            return taken;
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> T result(Future<T> one) throws InterruptedException {
        try {
            return one.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a device failed: " + failed.getCause(), failed);
        }
    }

    @Override
    public void close() {
        devices.forEach(LightDevice::close);
    }
}
