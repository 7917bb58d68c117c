// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.m2me.hal.Bearer;
import org.m2me.hal.at.AtText;
import org.m2me.hal.emulated.AtRefusal.Why;

/**
 * A WLAN module without hardware, in the manner of ESP-AT: hosts speak AT to it on a loopback socket; what networks there
 * are is a {@link Hotspot}'s matter.
 */
public final class EmulatedWlan implements AutoCloseable {
    private static final List<String> NOTHING = List.of();

    /** ESP-AT's reasons in +CWJAP: there is no such network; anything else. */
    private static final int NOT_FOUND_OR_REFUSED = 3;

    private static final int DHCP_OPTION_MAX = 254;

    private final Hotspot hotspot;
    private final UdpForwarder forwarder;
    private final AtServer server;

    // Guarded by this:
    private String network = "";
    private Hotspot.@Nullable Joined joined;
    private Bearer.Counters last = new Bearer.Counters(0, 0, 0, 0);

    public EmulatedWlan(Hotspot hotspot) throws IOException {
        this.hotspot = hotspot;
        this.forwarder = new UdpForwarder(cid -> session());
        Map<String, AtHandler> commands = new HashMap<>();
        addCommands(commands);
        this.server = new AtServer(commands, () -> true, TroubleFilter.withoutTrouble());
        server.start();
    }

    /** Where hosts find it: {@code tcp://127.0.0.1:port}. */
    public String port() {
        return "tcp://127.0.0.1:" + server.address().getPort();
    }

    private synchronized Optional<Radio.Session> session() {
        return Optional.ofNullable(joined).map(Hotspot.Joined::session);
    }

    private void addCommands(Map<String, AtHandler> commands) {
        commands.put("E", (request, terminal) -> {
            terminal.settings().echo = request.number(0, 0, 1, 0) == 1;
            return NOTHING;
        });
        commands.put(
                "+GMR",
                (request, terminal) -> List.of("AT version:2.2.0.0(emulated)", "SDK version:M2ME", "Bin version:1"));
        commands.put("+CWMODE", (request, terminal) -> switch (request.kind()) {
            case READ -> List.of("+CWMODE:1"); // station
            default -> NOTHING;
        });
        commands.put("+CWJAP", this::join);
        commands.put("+CWQAP", (request, terminal) -> {
            leave();
            terminal.unsolicited("WIFI DISCONNECT");
            return NOTHING;
        });
        commands.put(
                "+CIFSR",
                (request, terminal) -> List.of("+CIFSR:STAIP,\""
                        + session().map(now -> now.address().getHostAddress()).orElse("0.0.0.0") + '"'));
        commands.put("+XDHCPOPT", this::dhcpOption);
        commands.putAll(PacketCommands.datagrams(
                forwarder, cid -> counters(), (request, index) -> request.number(index, 0, 0, 0)));
    }

    private List<String> join(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                synchronized (this) {
                    return joined == null ? List.of("No AP") : List.of("+CWJAP:" + AtText.quote(network));
                }
            }
            case SET -> {
                leave();
                try {
                    joined(request.text(0), hotspot.join(request.text(0)));
                } catch (IOException e) {
                    terminal.unsolicited("+CWJAP:" + NOT_FOUND_OR_REFUSED);
                    throw new AtRefusal(Why.NO_SUCH_COMMAND); // ESP-AT knows no CME errors
                }
                terminal.unsolicited("WIFI CONNECTED");
                terminal.unsolicited("WIFI GOT IP");
                return NOTHING;
            }
            default -> throw new AtRefusal(Why.NO_SUCH_COMMAND);
        }
    }

    private synchronized void joined(String name, Hotspot.Joined now) {
        network = name;
        joined = now;
        now.session().onReceive(forwarder::received);
    }

    private synchronized void leave() {
        Hotspot.Joined now = joined;
        joined = null;
        if (now != null) {
            last = now.session().counters();
            now.session().close();
        }
    }

    private synchronized Bearer.Counters counters() {
        return session().map(Radio.Session::counters).orElse(last);
    }

    private List<String> dhcpOption(AtRequest request, AtTerminal terminal) throws AtRefusal {
        int option = request.number(0, 1, DHCP_OPTION_MAX, 0);
        Map<Integer, String> options;
        synchronized (this) {
            Hotspot.Joined now = joined;
            options = new TreeMap<>(now == null ? Map.of() : now.dhcpOptions());
        }
        String value = options.get(option);
        return value == null ? NOTHING : List.of("+XDHCPOPT: " + option + "," + AtText.quote(value));
    }

    @Override
    public void close() {
        leave();
        server.close();
        forwarder.close();
    }
}
