// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What one device's modem sent and received under each of its subscriptions, session by session, headers included: a
 * witness of what networks charge that none of them has a hand in.
 */
public final class Carried {
    private final Map<String, List<Tunnel>> tunnels = new ConcurrentHashMap<>();

    /**
     * A session.
     *
     * @param bytes both ways, what was still on its way to the device at the end included
     * @param unanswered those of them that it sent after the last that came: a network that ended meanwhile got none of them
     * @param ended whether it is over
     */
    public record Session(long bytes, long unanswered, boolean ended) {}

    void opened(String imsi, Tunnel tunnel) {
        tunnels.computeIfAbsent(imsi, unused -> new CopyOnWriteArrayList<>()).add(tunnel);
    }

    /** All sessions so far, by IMSI. */
    public Map<String, List<Session>> sessions() {
        Map<String, List<Session>> sessions = new HashMap<>();
        tunnels.forEach((imsi, all) ->
                sessions.put(imsi, all.stream().map(Tunnel::carried).toList()));
        return sessions;
    }
}
