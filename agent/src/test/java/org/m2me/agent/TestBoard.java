// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.m2me.hal.Bearer;
import org.m2me.hal.Board;
import org.m2me.hal.CardSlot;
import org.m2me.hal.Lights;
import org.m2me.hal.Modem;
import org.m2me.hal.ModemException;
import org.m2me.hal.Storage;
import org.m2me.hal.TamperInput;
import org.m2me.hal.UiccChannel;
import org.m2me.hal.Watchdog;
import org.m2me.hal.Wlan;

/** A board whose modem and WLAN reach a gateway on this machine, and tell what was asked of them. */
public final class TestBoard implements Board {
    final List<String> log = new ArrayList<>();
    final AtomicInteger petted = new AtomicInteger();
    /** How many signs of life there had been when each of the modem's calls began. */
    final List<Integer> pettedBefore = new ArrayList<>();

    Lights lights = signal -> {};
    Optional<String> dhcp224 = Optional.empty();
    int attachesThatFail;
    /** APNs of operators that let nobody in. */
    final Set<String> closed = new HashSet<>();

    private final Map<String, byte[]> stored = new HashMap<>();
    /** The way to the gateway over the next bearer. */
    public UnaryOperator<InetSocketAddress> way = UnaryOperator.identity();

    private boolean opened;
    private Runnable onOpened = () -> {};
    private Optional<TestBearer> open = Optional.empty();

    /** Somebody opens the case. */
    void openCase() {
        opened = true;
        onOpened.run();
    }

    /** The bearer in use loses its network. */
    void loseBearer() {
        open.orElseThrow().up = false;
    }

    public Bearer bearer() {
        TestBearer bearer = new TestBearer(way);
        open = Optional.of(bearer);
        return bearer;
    }

    @Override
    public String model() {
        return "test-board";
    }

    @Override
    public Optional<Modem> modem() {
        return Optional.of(new TestModem());
    }

    @Override
    public Optional<CardSlot> cardSlot() {
        return Optional.of(card -> {
            log.add("insert");
            return () -> log.add("remove");
        });
    }

    @Override
    public Optional<Wlan> wlan() {
        return Optional.of(new TestWlan());
    }

    @Override
    public Storage storage() {
        return new Storage() {
            @Override
            public Optional<byte[]> read(String name) {
                return Optional.ofNullable(stored.get(name));
            }

            @Override
            public void write(String name, byte[] content) {
                stored.put(name, content);
            }

            @Override
            public Path directory() {
                return Path.of(".");
            }
        };
    }

    @Override
    public Watchdog watchdog() {
        return petted::incrementAndGet;
    }

    @Override
    public Lights lights() {
        return signal -> lights.show(signal);
    }

    @Override
    public TamperInput tamper() {
        return new TamperInput() {
            @Override
            public boolean isOpened() {
                return opened;
            }

            @Override
            public void onOpened(Runnable listener) {
                onOpened = listener;
                if (opened) {
                    listener.run();
                }
            }
        };
    }

    @Override
    public void close() {}

    private static final class TestBearer implements Bearer {
        private final UnaryOperator<InetSocketAddress> way;
        private volatile boolean up = true;

        private TestBearer(UnaryOperator<InetSocketAddress> way) {
            this.way = way;
        }

        @Override
        public InetAddress address() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public InetSocketAddress towards(InetSocketAddress destination) {
            return way.apply(destination);
        }

        @Override
        public boolean isUp() {
            return up;
        }

        @Override
        public Counters counters() {
            return new Counters(0, 0, 0, 0);
        }

        @Override
        public void close() {
            up = false;
        }
    }

    private final class TestModem implements Modem {
        @Override
        public Identity start(Duration limit) {
            pettedBefore.add(petted.get());
            return new Identity("Test", "Modem", "1", "490154203237518");
        }

        @Override
        public void restartCard(Duration limit) {
            pettedBefore.add(petted.get());
            log.add("restart card");
        }

        @Override
        public Registration register(Duration limit) throws ModemException {
            pettedBefore.add(petted.get());
            if (attachesThatFail > 0) {
                attachesThatFail--;
                throw new ModemException("attach refused", 15); // no suitable cells in location area
            }
            return new Registration("26242", false);
        }

        @Override
        public void deregister(Duration limit) {
            log.add("deregister");
        }

        @Override
        public Bearer open(String apn, Duration limit) throws ModemException {
            pettedBefore.add(petted.get());
            if (closed.contains(apn)) {
                throw new ModemException("attach refused", 15); // no suitable cells in location area
            }
            log.add("open " + apn);
            return bearer();
        }

        @Override
        public OptionalInt signal() {
            return OptionalInt.of(-71);
        }

        @Override
        public UiccChannel openChannel(byte[] aid) throws ModemException {
            throw new ModemException("no card of its own");
        }

        @Override
        public void close() {}
    }

    private final class TestWlan implements Wlan {
        @Override
        public Bearer join(String network, Duration limit) {
            log.add("join " + network);
            return bearer();
        }

        @Override
        public Optional<String> dhcpOption(int option) {
            return option == 224 ? dhcp224 : Optional.empty();
        }

        @Override
        public void close() {}
    }
}
