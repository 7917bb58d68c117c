// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds a network for the card in the slot, attaches to it, and keeps trying within limits. */
final class Registrar implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Registrar.class.getName());

    /** Registration states of TS 27.007 7.2. */
    enum Stat {
        IDLE(0),
        HOME(1),
        SEARCHING(2),
        DENIED(3),
        ROAMING(5);

        private final int code;

        Stat(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        boolean isRegistered() {
            return this == HOME || this == ROAMING;
        }
    }

    /** Told of changes, on whatever thread they happen. */
    interface Listener {
        void onStat(Stat stat);

        /** The network, or the air, let go of an attached modem. */
        void onDetached();

        /** A network refused with a cause of TS 24.008 10.5.5.14. */
        void onRefused(int cause);
    }

    /** After these the modem must not try this network again, but may try another; TS 24.008 4.7.3.1.4. */
    private static final Set<Integer> TRY_ANOTHER_NETWORK = Set.of(11, 12, 13, 14, 15);

    /** After these the modem does not try again by itself; TS 24.008 4.7.3.1.4. */
    private static final Set<Integer> PERMANENT = Set.of(3, 6, 7, 8);

    /** The attach attempt counter of TS 24.008 4.7.3.1.5. */
    private static final int TRIES_MAX = 5;

    private static final long MILLI = 1_000_000;

    private final Radio radio;
    private final CardAccess card;
    private final String imei;
    private final Duration retryAfter;
    private final LongSupplier nanoTime;
    private final Listener listener;
    private final ScheduledThreadPoolExecutor worker;

    // Guarded by this:
    private Stat stat = Stat.IDLE;
    private int generation;
    private int tries;
    private boolean attempting;
    private int cause;
    private String wanted = "";
    private CardAccess.@Nullable Identity identity;
    private Radio.@Nullable Network network;
    private Radio.@Nullable Attachment attachment;

    /** What surrounds it. */
    record Surroundings(Radio radio, CardAccess card, String imei, Duration retryAfter, LongSupplier nanoTime) {}

    Registrar(Surroundings around, Listener listener) {
        this.radio = around.radio();
        this.card = around.card();
        this.imei = around.imei();
        this.retryAfter = around.retryAfter();
        this.nanoTime = around.nanoTime();
        this.listener = listener;
        this.worker = new ScheduledThreadPoolExecutor(1, work -> AtServer.daemon(work, "emulated-radio"));
        worker.setRemoveOnCancelPolicy(true);
    }

    synchronized Stat stat() {
        return stat;
    }

    /** The network's last cause, 0 if it did not refuse. */
    synchronized int cause() {
        return cause;
    }

    synchronized Optional<CardAccess.Identity> identity() {
        return Optional.ofNullable(identity);
    }

    synchronized Optional<Radio.Network> network() {
        return Optional.ofNullable(network);
    }

    synchronized Optional<Radio.Attachment> attachment() {
        return Optional.ofNullable(attachment);
    }

    /**
     * Reads the card again and looks for a network, after power-on or when a card came. A search that somebody waits
     * for goes on as this one.
     */
    void restart() {
        Radio.Attachment left;
        int mine;
        synchronized (this) {
            generation++;
            mine = generation;
            tries = 0;
            cause = 0;
            wanted = "";
            identity = null;
            left = attachment;
            attachment = null;
            network = null;
        }
        if (left != null) {
            left.close();
        }
        report(mine, Stat.SEARCHING);
        later(mine, Duration.ZERO);
    }

    /** Looks for a network from now on: for the one wanted, or, where that is empty, for the best. */
    void search(String plmn) {
        int mine;
        synchronized (this) {
            boolean there = stat.isRegistered() && (plmn.isEmpty() || isOn(plmn));
            boolean onTheWay = stat == Stat.SEARCHING && attempting && wanted.equals(plmn);
            if (there || onTheWay) {
                return;
            }
            generation++;
            mine = generation;
            tries = 0;
            cause = 0;
            wanted = plmn;
        }
        report(mine, Stat.SEARCHING);
        later(mine, Duration.ZERO);
    }

    private synchronized boolean isOn(String plmn) {
        Radio.Network now = network;
        return now != null && now.plmn().equals(plmn);
    }

    /** Detaches and looks for nothing. */
    void stop() {
        Radio.Attachment left;
        int mine;
        synchronized (this) {
            generation++;
            mine = generation;
            left = attachment;
            attachment = null;
            network = null;
        }
        if (left != null) {
            left.close();
        }
        report(mine, Stat.IDLE);
    }

    /** Forgets the card that was taken out. */
    void cardRemoved() {
        stop();
        synchronized (this) {
            identity = null;
        }
    }

    /** Waits until the present attempt came to an end, whichever. */
    synchronized Stat await(Duration limit) throws InterruptedException {
        long deadline = nanoTime.getAsLong() + limit.toNanos();
        while (stat == Stat.SEARCHING) {
            long left = deadline - nanoTime.getAsLong();
            if (left <= 0) {
                break;
            }
            wait(Math.max(1, left / MILLI));
        }
        return stat;
    }

    private void later(int mine, Duration delay) {
        try {
            var unused = worker.schedule(() -> attempt(mine), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing is looked for after the end");
        }
    }

    private void attempt(int mine) {
        synchronized (this) {
            if (mine != generation) {
                return;
            }
            attempting = true;
        }
        try {
            CardAccess.Identity who = readCard();
            attach(mine, who);
        } catch (Radio.Refused e) {
            refused(mine, e.networkCause());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "no registration: {0}", e.getMessage());
            tryAgain(mine);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "no registration", e);
            tryAgain(mine);
        } finally {
            synchronized (this) {
                attempting = false;
            }
        }
    }

    /** The card's identity, read from it if that is not known yet. */
    CardAccess.Identity readCard() throws IOException {
        CardAccess.Identity known = identity().orElse(null);
        if (known == null) {
            known = card.identify();
            synchronized (this) {
                identity = known;
            }
        }
        return known;
    }

    private void attach(int mine, CardAccess.Identity who) throws IOException {
        List<Radio.Network> candidates = candidates(who);
        if (candidates.isEmpty()) {
            throw new IOException("no network can be heard");
        }
        for (int i = 0; ; i++) {
            Radio.Network candidate = candidates.get(i);
            try {
                Radio.Attachment made = radio.attach(candidate, who.imsi(), imei, card::authenticate);
                attached(mine, who, candidate, made);
                return;
            } catch (Radio.Refused e) {
                if (i + 1 == candidates.size() || !TRY_ANOTHER_NETWORK.contains(e.networkCause())) {
                    throw e;
                }
            }
        }
    }

    /** The home network first, then the strongest; TS 23.122 4.4.3.1. */
    private List<Radio.Network> candidates(CardAccess.Identity who) {
        String only;
        synchronized (this) {
            only = wanted;
        }
        List<Radio.Network> heard = new ArrayList<>(radio.scan());
        heard.removeIf(one -> !only.isEmpty() && !one.plmn().equals(only));
        heard.sort(Comparator.comparing((Radio.Network one) -> !who.isHome(one.plmn()))
                .thenComparing(Comparator.comparingInt(Radio.Network::signal).reversed()));
        return heard;
    }

    private void attached(int mine, CardAccess.Identity who, Radio.Network where, Radio.Attachment made) {
        boolean current;
        synchronized (this) {
            current = mine == generation;
            if (current) {
                attachment = made;
                network = where;
                cause = 0;
            }
        }
        if (!current) {
            made.close(); // switched off, or another card, while the network answered
            return;
        }
        report(mine, who.isHome(where.plmn()) ? Stat.HOME : Stat.ROAMING);
        made.onLost(() -> onLost(made));
    }

    /** On a thread of the radio's, which must not wait for anything here. */
    private void onLost(Radio.Attachment made) {
        try {
            worker.execute(() -> lost(made));
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "the air broke after the end");
        }
    }

    private void lost(Radio.Attachment made) {
        int mine;
        synchronized (this) {
            Radio.Attachment now = attachment;
            if (now == null || !now.equals(made)) {
                return;
            }
            attachment = null;
            network = null;
            generation++;
            mine = generation;
            tries = 0;
        }
        listener.onDetached();
        report(mine, Stat.SEARCHING);
        later(mine, retryAfter);
    }

    private void refused(int mine, int why) {
        boolean forGood = PERMANENT.contains(why) || TRY_ANOTHER_NETWORK.contains(why);
        synchronized (this) {
            if (mine != generation) {
                return;
            }
            cause = why;
        }
        listener.onRefused(why);
        if (forGood) {
            report(mine, Stat.DENIED);
        } else {
            tryAgain(mine);
        }
    }

    private void tryAgain(int mine) {
        boolean over;
        int why;
        synchronized (this) {
            if (mine != generation) {
                return;
            }
            tries++;
            over = tries >= TRIES_MAX || !card.isPresent();
            why = cause;
        }
        if (over) {
            report(mine, why == 0 ? Stat.IDLE : Stat.DENIED);
        } else {
            later(mine, retryAfter);
        }
    }

    /** Moves to another state, unless something newer began meanwhile. */
    private void report(int mine, Stat now) {
        synchronized (this) {
            if (mine != generation || stat == now) {
                return;
            }
            stat = now;
            notifyAll();
        }
        listener.onStat(now);
    }

    @Override
    public void close() {
        stop();
        worker.shutdownNow();
    }
}
