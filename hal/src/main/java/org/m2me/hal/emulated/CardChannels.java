// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.m2me.hal.emulated.AtRefusal.Why;

/** Sessions that the host opened to the card's applications; AT+CCHO, AT+CGLA, AT+CCHC. */
final class CardChannels {
    /** A card without extended channels has three besides the basic one; TS 102 221 11.1.17. */
    private static final int SESSIONS_MAX = 3;

    private final CardAccess card;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private int lastId;

    /** What a session is on. Number 0: the card has no logical channels, and the basic one is shared. */
    private static final class Session {
        private final byte[] aid;
        private final int channel;

        Session(byte[] aid, int channel) {
            this.aid = aid;
            this.channel = channel;
        }
    }

    CardChannels(CardAccess card) {
        this.card = card;
    }

    synchronized int open(byte[] aid) throws AtRefusal {
        if (sessions.size() >= SESSIONS_MAX) {
            throw new AtRefusal(Why.MEMORY_FULL);
        }
        try {
            Session session = new Session(aid, openChannel(aid));
            lastId++;
            sessions.put(lastId, session);
            return lastId;
        } catch (IOException e) {
            throw failure();
        }
    }

    private int openChannel(byte[] aid) throws IOException, AtRefusal {
        Optional<Integer> channel = card.openChannel();
        boolean found = channel.isPresent()
                ? CardAccess.statusWord(card.selectApplication(channel.get(), aid)) == 0x9000
                : card.hasApplication(aid);
        if (!found) {
            if (channel.isPresent()) {
                card.closeChannel(channel.get());
            }
            throw new AtRefusal(Why.CARD_FAILURE);
        }
        return channel.orElse(0);
    }

    synchronized byte[] transmit(int id, byte[] command) throws AtRefusal {
        Session session = sessions.get(id);
        if (session == null) {
            throw new AtRefusal(Why.INVALID_INDEX);
        }
        try {
            return session.channel == 0
                    ? card.shared(session, session.aid, command)
                    : card.onChannel(session.channel, command);
        } catch (IOException e) {
            throw failure();
        }
    }

    synchronized void close(int id) throws AtRefusal {
        Session session = sessions.remove(id);
        if (session == null) {
            throw new AtRefusal(Why.INVALID_INDEX);
        }
        try {
            if (session.channel != 0) {
                card.closeChannel(session.channel);
            }
        } catch (IOException e) {
            throw failure();
        }
    }

    /** The card was reset or taken out: its channels are closed. */
    synchronized void forget() {
        sessions.clear();
    }

    private AtRefusal failure() {
        return new AtRefusal(card.isPresent() ? Why.CARD_FAILURE : Why.NO_CARD);
    }
}
