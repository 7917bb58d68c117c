// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.Bearer;
import org.m2me.hal.emulated.AtRefusal.Why;

/** The modem's packet data contexts: defined by the host, activated over the radio. */
final class PacketContexts {
    /** Context numbers, as a small module has them. */
    static final int CID_MAX = 8;

    /** TS 23.003 9.1. */
    static final int APN_MAX = 63;

    /** What a host defined with AT+CGDCONT. */
    record Definition(String type, String apn) {}

    private static final Bearer.Counters NOTHING = new Bearer.Counters(0, 0, 0, 0);

    private final Registrar registrar;
    private final UdpForwarder forwarder;
    private final Map<Integer, Definition> definitions = new TreeMap<>();
    private final Map<Integer, Radio.Session> sessions = new ConcurrentHashMap<>();
    private final Map<Integer, Bearer.Counters> last = new ConcurrentHashMap<>();

    /** Told the causes of TS 24.008 10.5.6.6 with which the network refuses. */
    private final IntConsumer onRefused;

    PacketContexts(Registrar registrar, UdpForwarder forwarder, IntConsumer onRefused) {
        this.onRefused = onRefused;
        this.registrar = registrar;
        this.forwarder = forwarder;
    }

    synchronized Map<Integer, Definition> definitions() {
        return new TreeMap<>(definitions);
    }

    synchronized void define(int cid, @Nullable Definition definition) throws AtRefusal {
        if (sessions.containsKey(cid)) {
            throw new AtRefusal(Why.NOT_ALLOWED);
        }
        if (definition == null) {
            definitions.remove(cid);
        } else {
            definitions.put(cid, definition);
        }
    }

    Optional<Radio.Session> session(int cid) {
        return Optional.ofNullable(sessions.get(cid));
    }

    /** What crossed a context: the active one, or the last that was. */
    Bearer.Counters counters(int cid) {
        Radio.Session now = sessions.get(cid);
        return now != null ? now.counters() : last.getOrDefault(cid, NOTHING);
    }

    synchronized void activate(int cid) throws AtRefusal {
        if (sessions.containsKey(cid)) {
            return;
        }
        Definition definition = definitions.get(cid);
        if (definition == null) {
            throw new AtRefusal(Why.INVALID_INDEX);
        }
        Radio.Attachment attachment = registrar.attachment().orElseThrow(() -> new AtRefusal(Why.NO_SERVICE));
        try {
            Radio.Session session = attachment.activate(definition.apn());
            session.onReceive(forwarder::received);
            sessions.put(cid, session);
        } catch (Radio.Refused e) {
            onRefused.accept(e.networkCause());
            throw AtRefusal.network(e.networkCause());
        } catch (IOException e) {
            throw new AtRefusal(Why.UNSPECIFIED_GPRS);
        }
    }

    /** False if it was not active. */
    synchronized boolean deactivate(int cid) {
        Radio.Session session = sessions.remove(cid);
        if (session == null) {
            return false;
        }
        last.put(cid, session.counters());
        session.close();
        return true;
    }

    /** The attachment is gone, and with it every context. */
    void deactivateAll() {
        for (int cid = 1; cid <= CID_MAX; cid++) {
            boolean unused = deactivate(cid);
        }
    }
}
