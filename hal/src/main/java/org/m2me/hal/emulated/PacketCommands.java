// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.m2me.hal.Bearer;
import org.m2me.hal.at.AtText;
import org.m2me.hal.emulated.AtRefusal.Why;

/** Packet data contexts (TS 27.007 10), and the vendor commands for datagrams without a network interface. */
final class PacketCommands {
    private static final List<String> NOTHING = List.of();

    private static final Pattern APN = Pattern.compile("([A-Za-z0-9.-]{1," + PacketContexts.APN_MAX + "})?");

    /** Literal addresses only: a modem's forwarder resolves no names. */
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final PacketContexts contexts;
    private final Consumer<String> events;

    private PacketCommands(PacketContexts contexts, Consumer<String> events) {
        this.contexts = contexts;
        this.events = events;
    }

    static Map<String, AtHandler> of(PacketContexts contexts, UdpForwarder forwarder, Consumer<String> events) {
        PacketCommands family = new PacketCommands(contexts, events);
        Map<String, AtHandler> commands = new HashMap<>();
        commands.put("+CGDCONT", family::define);
        commands.put("+CGACT", family::activate);
        commands.put("+CGPADDR", family::addresses);
        commands.put("+CGCONTRDP", family::parameters);
        commands.put("+CGEREP", PacketCommands::eventReporting);
        commands.putAll(datagrams(
                forwarder,
                contexts::counters,
                (request, index) -> request.number(index, 1, PacketContexts.CID_MAX, 1)));
        return commands;
    }

    /** The counters of a context. */
    interface Counting {
        Bearer.Counters of(int cid);
    }

    /** Reads a context number. */
    interface CidParameter {
        int of(AtRequest request, int index) throws AtRefusal;
    }

    /**
     * The vendor commands, which the WLAN module has, too: {@code +XUDPFWD=cid,"address",port} answers the loopback
     * address and port that stand for a destination; {@code +XCOUNT=cid} answers packets and bytes up, then down.
     */
    static Map<String, AtHandler> datagrams(UdpForwarder forwarder, Counting counting, CidParameter cidOf) {
        AtHandler forward = (request, terminal) -> {
            if (request.is(AtRequest.Kind.TEST)) {
                return NOTHING;
            }
            int cid = cidOf.of(request, 0);
            InetSocketAddress destination =
                    new InetSocketAddress(address(request.text(1)), request.number(2, 1, 0xffff, 0));
            try {
                return List.of("+XUDPFWD: " + cid + ",\"127.0.0.1\"," + forwarder.forward(cid, destination));
            } catch (IOException e) {
                throw new AtRefusal(Why.MEMORY_FULL);
            }
        };
        AtHandler count = (request, terminal) -> {
            if (request.is(AtRequest.Kind.TEST)) {
                return NOTHING;
            }
            int cid = cidOf.of(request, 0);
            Bearer.Counters so = counting.of(cid);
            return List.of("+XCOUNT: " + cid + "," + so.packetsUp() + "," + so.bytesUp() + "," + so.packetsDown() + ","
                    + so.bytesDown());
        };
        return Map.of("+XUDPFWD", forward, "+XCOUNT", count);
    }

    private static InetAddress address(String text) throws AtRefusal {
        try {
            if (IPV4.matcher(text).matches()) {
                return InetAddress.getByName(text);
            }
        } catch (IOException e) {
            throw new AtRefusal(Why.BAD_PARAMETERS);
        }
        throw new AtRefusal(Why.BAD_PARAMETERS);
    }

    private static int cid(AtRequest request, int index) throws AtRefusal {
        return request.number(index, 1, PacketContexts.CID_MAX, 0);
    }

    private List<String> define(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                List<String> lines = new ArrayList<>();
                contexts.definitions()
                        .forEach((cid, so) -> lines.add("+CGDCONT: %d,\"%s\",%s,\"0.0.0.0\",0,0"
                                .formatted(cid, so.type(), AtText.quote(so.apn()))));
                return lines;
            }
            case TEST -> {
                return List.of("+CGDCONT: (1-" + PacketContexts.CID_MAX + "),\"IP\",,,(0),(0)");
            }
            default -> {
                int cid = cid(request, 0);
                if (!request.has(1)) {
                    contexts.define(cid, null);
                    return NOTHING;
                }
                String apn = request.has(2) ? request.text(2) : "";
                if (!request.text(1).equals("IP") || !APN.matcher(apn).matches()) {
                    throw new AtRefusal(Why.BAD_PARAMETERS);
                }
                contexts.define(cid, new PacketContexts.Definition("IP", apn));
                return NOTHING;
            }
        }
    }

    private List<String> activate(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                return contexts.definitions().keySet().stream()
                        .map(cid ->
                                "+CGACT: " + cid + "," + (contexts.session(cid).isPresent() ? 1 : 0))
                        .toList();
            }
            case TEST -> {
                return List.of("+CGACT: (0,1)");
            }
            default -> {
                boolean on = request.number(0, 0, 1, 1) == 1;
                List<Integer> which = request.has(1)
                        ? List.of(cid(request, 1))
                        : List.copyOf(contexts.definitions().keySet());
                for (int cid : which) {
                    change(cid, on);
                }
                return NOTHING;
            }
        }
    }

    private void change(int cid, boolean on) throws AtRefusal {
        if (on) {
            contexts.activate(cid);
            events.accept("ME PDN ACT " + cid);
        } else if (contexts.deactivate(cid)) {
            events.accept("ME PDN DEACT " + cid);
        }
    }

    private List<String> addresses(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.TEST)) {
            return List.of("+CGPADDR: (1-" + PacketContexts.CID_MAX + ")");
        }
        List<Integer> which = request.has(0)
                ? List.of(cid(request, 0))
                : List.copyOf(contexts.definitions().keySet());
        return which.stream()
                .map(cid -> "+CGPADDR: " + cid
                        + contexts.session(cid)
                                .map(now -> ",\"" + now.address().getHostAddress() + '"')
                                .orElse(""))
                .toList();
    }

    private List<String> parameters(AtRequest request, AtTerminal terminal) throws AtRefusal {
        List<String> lines = new ArrayList<>();
        int only = request.has(0) ? cid(request, 0) : 0;
        contexts.definitions()
                .forEach((cid, so) -> contexts.session(cid)
                        .filter(now -> only == 0 || only == cid)
                        .ifPresent(now -> lines.add("+CGCONTRDP: %d,5,%s,\"%s.255.255.255.255\""
                                .formatted(
                                        cid,
                                        AtText.quote(so.apn()),
                                        now.address().getHostAddress()))));
        return lines;
    }

    private static List<String> eventReporting(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                return List.of("+CGEREP: " + terminal.settings().packetEvents + ",0");
            }
            case TEST -> {
                return List.of("+CGEREP: (0-2),(0,1)");
            }
            default -> {
                terminal.settings().packetEvents = request.number(0, 0, 2, 0);
                return NOTHING;
            }
        }
    }
}
