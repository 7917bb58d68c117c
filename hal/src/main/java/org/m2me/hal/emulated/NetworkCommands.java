// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.hal.emulated.AtRefusal.Why;

/** Functionality, registration, operators, signal (TS 27.007 7 and 8). */
final class NetworkCommands {
    private static final List<String> NOTHING = List.of();

    /** Below the 120 s that hosts give AT+COPS=0. */
    private static final Duration SEARCH_LIMIT = Duration.ofSeconds(100);

    /** Access technology UTRAN; TS 27.007 7.2. */
    private static final int UTRAN = 2;

    private static final List<String> REGISTRATION = List.of("+CREG", "+CGREG", "+CEREG");

    private final EmulatedModem modem;
    private final Registrar registrar;
    private volatile int mode;

    private NetworkCommands(EmulatedModem modem, Registrar registrar) {
        this.modem = modem;
        this.registrar = registrar;
    }

    static Map<String, AtHandler> of(EmulatedModem modem, Registrar registrar) {
        NetworkCommands family = new NetworkCommands(modem, registrar);
        Map<String, AtHandler> commands = new HashMap<>();
        for (String name : REGISTRATION) {
            commands.put(name, family::registration);
        }
        commands.put("+CFUN", family::functionality);
        commands.put("+CPOF", (request, terminal) -> {
            terminal.afterwards(modem::powerOff);
            return NOTHING;
        });
        commands.put("+COPS", family::operator);
        commands.put("+CGATT", family::attach);
        commands.put("+CSQ", family::signal);
        commands.put("+CESQ", family::extendedSignal);
        commands.put("+CEER", (request, terminal) -> List.of("+CEER: " + modem.lastRefusal()));
        return commands;
    }

    private List<String> functionality(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                return List.of("+CFUN: " + modem.functionality());
            }
            case TEST -> {
                return List.of("+CFUN: (0,1,4),(0,1)");
            }
            default -> {
                int level = request.number(0);
                if (level != 0 && level != 1 && level != 4) {
                    throw new AtRefusal(Why.BAD_PARAMETERS);
                }
                boolean reset = request.number(1, 0, 1, 0) == 1;
                terminal.afterwards(reset ? modem::restart : () -> modem.setFunctionality(level));
                return NOTHING;
            }
        }
    }

    private List<String> registration(AtRequest request, AtTerminal terminal) throws AtRefusal {
        Map<String, Integer> modes = terminal.settings().registrationModes;
        switch (request.kind()) {
            case READ -> {
                int reported = modes.getOrDefault(request.name(), 0);
                return List.of(request.name() + ": " + reported + "," + state(registrar.stat(), reported));
            }
            case TEST -> {
                return List.of(request.name() + ": (0-2)");
            }
            default -> {
                modes.put(request.name(), request.number(0, 0, 2, 0));
                return NOTHING;
            }
        }
    }

    /** Tells a host what it wants to know about a change. */
    static void report(Registrar.Stat stat, AtTerminal terminal) {
        for (String name : REGISTRATION) {
            int mode = terminal.settings().registrationModes.getOrDefault(name, 0);
            if (mode > 0) {
                terminal.unsolicited(name + ": " + state(stat, mode));
            }
        }
    }

    /** The state, and in mode 2 where: each emulated network is one cell. */
    private static String state(Registrar.Stat stat, int mode) {
        boolean where = mode == 2 && stat.isRegistered();
        return stat.code() + (where ? ",\"0001\",\"00000001\"," + UTRAN : "");
    }

    private List<String> operator(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                return List.of("+COPS: " + mode + operatorNow(terminal));
            }
            case TEST -> {
                return List.of("+COPS: " + operatorsHeard(terminal) + ",,(0-3),(0,2)");
            }
            default -> {
                return select(request, terminal);
            }
        }
    }

    private String operatorNow(AtTerminal terminal) {
        int format = terminal.settings().operatorFormat;
        return registrar
                .network()
                .map(now -> "," + format + "," + name(now, format, terminal) + "," + UTRAN)
                .orElse("");
    }

    private static String name(Radio.Network network, int format, AtTerminal terminal) {
        return format == 2 ? '"' + network.plmn() + '"' : BasicCommands.string(network.name(), terminal);
    }

    private String operatorsHeard(AtTerminal terminal) throws AtRefusal {
        requireRadio();
        String now = registrar.network().map(Radio.Network::plmn).orElse("");
        List<String> heard = new ArrayList<>();
        for (Radio.Network one : modem.radio().scan()) {
            int state = one.plmn().equals(now) ? 2 : 1;
            String name = BasicCommands.string(one.name(), terminal);
            heard.add("(%d,%s,%s,\"%s\",%d)".formatted(state, name, name, one.plmn(), UTRAN));
        }
        return String.join(",", heard);
    }

    private List<String> select(AtRequest request, AtTerminal terminal) throws AtRefusal {
        int wanted = request.number(0, 0, 3, 0);
        if (request.has(1)) {
            terminal.settings().operatorFormat = request.number(1, 0, 2, 0);
        }
        switch (wanted) {
            case 3 -> {
                return NOTHING;
            }
            case 2 -> {
                mode = 2;
                modem.detach();
                return NOTHING;
            }
            default -> {
                requireRadio();
                mode = wanted;
                search(wanted == 1 ? plmnOf(request.text(2), terminal) : "");
                return NOTHING;
            }
        }
    }

    private String plmnOf(String named, AtTerminal terminal) throws AtRefusal {
        if (terminal.settings().operatorFormat == 2) {
            return named;
        }
        return modem.radio().scan().stream()
                .filter(one -> one.name().equals(named))
                .map(Radio.Network::plmn)
                .findFirst()
                .orElseThrow(() -> new AtRefusal(Why.NO_SERVICE));
    }

    private List<String> attach(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                return List.of("+CGATT: " + (registrar.stat().isRegistered() ? 1 : 0));
            }
            case TEST -> {
                return List.of("+CGATT: (0,1)");
            }
            default -> {
                if (request.number(0, 0, 1, 0) == 0) {
                    modem.detach();
                } else {
                    requireRadio();
                    search("");
                }
                return NOTHING;
            }
        }
    }

    private void requireRadio() throws AtRefusal {
        if (modem.functionality() != 1) {
            throw new AtRefusal(Why.NOT_ALLOWED);
        }
    }

    private void search(String plmn) throws AtRefusal {
        modem.requireCard();
        try {
            registrar.search(plmn);
            Registrar.Stat stat = registrar.await(SEARCH_LIMIT);
            if (!stat.isRegistered()) {
                int cause = registrar.cause();
                throw cause == 0 ? new AtRefusal(Why.NO_SERVICE) : AtRefusal.network(cause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AtRefusal(Why.NO_SERVICE);
        }
    }

    /** TS 27.007 8.5: 0 is -113 dBm and less, 31 is -51 dBm and more, in steps of 2 dB. */
    private List<String> signal(AtRequest request, AtTerminal terminal) {
        if (request.is(AtRequest.Kind.TEST)) {
            return List.of("+CSQ: (0-31,99),(0-7,99)");
        }
        int rssi = dbm().map(dbm -> Math.max(0, Math.min(31, (dbm + 113) / 2))).orElse(99);
        return List.of("+CSQ: " + rssi + ",99");
    }

    /** TS 27.007 8.69: RSCP 0 is below -120 dBm, 96 is -25 dBm and more. */
    private List<String> extendedSignal(AtRequest request, AtTerminal terminal) {
        if (request.is(AtRequest.Kind.TEST)) {
            return List.of("+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)");
        }
        int rscp = dbm().map(dbm -> Math.max(0, Math.min(96, dbm + 121))).orElse(255);
        return List.of("+CESQ: 99,99," + rscp + ",255,255,255");
    }

    private Optional<Integer> dbm() {
        return registrar.network().map(Radio.Network::signal);
    }
}
