// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.m2me.hal.at.AtText;
import org.m2me.hal.emulated.AtRefusal.Why;

/** V.250: echo, verbosity, defaults, registers, and who the modem is. */
final class BasicCommands {
    /** What a modem says about itself. */
    record Identity(String manufacturer, String model, String revision, String imei) {}

    private static final List<String> NOTHING = List.of();

    /** V.250 6.2: line terminator, line feed, backspace; the others are taken and kept. */
    private final Map<String, String> registers =
            new ConcurrentHashMap<>(Map.of("S0", "000", "S3", "013", "S4", "010", "S5", "008"));

    private final Identity identity;

    private BasicCommands(Identity identity) {
        this.identity = identity;
    }

    static Map<String, AtHandler> of(Identity identity) {
        BasicCommands basic = new BasicCommands(identity);
        Map<String, AtHandler> commands = new HashMap<>();
        basic.addSettings(commands);
        basic.addIdentity(commands);
        return commands;
    }

    private void addSettings(Map<String, AtHandler> commands) {
        commands.put("E", (request, terminal) -> {
            terminal.settings().echo = flag(request);
            return NOTHING;
        });
        commands.put("V", (request, terminal) -> {
            terminal.settings().verbose = flag(request);
            return NOTHING;
        });
        commands.put("Q", (request, terminal) -> {
            terminal.settings().quiet = flag(request);
            return NOTHING;
        });
        AtHandler defaults = (request, terminal) -> {
            terminal.resetSettings();
            return NOTHING;
        };
        commands.put("Z", defaults);
        commands.put("&F", defaults);
        // Result code selection, circuit 109 and 108, hang up, flow control: nothing to do without a line.
        for (String name : List.of("X", "&C", "&D", "H", "&K", "\\Q", "&W")) {
            commands.put(name, (request, terminal) -> NOTHING);
        }
        commands.put("D", (request, terminal) -> {
            throw new AtRefusal(Why.NOT_SUPPORTED); // no circuit-switched calls and no PPP
        });
        for (String register : registers.keySet()) {
            commands.put(register, this::register);
        }
        commands.put("+CMEE", BasicCommands::errorLevel);
        commands.put("+CSCS", BasicCommands::characterSet);
        commands.put("+IFC", (request, terminal) -> NOTHING);
    }

    private static boolean flag(AtRequest request) throws AtRefusal {
        return request.number(0, 0, 1, 0) == 1;
    }

    private List<String> register(AtRequest request, AtTerminal terminal) throws AtRefusal {
        if (request.is(AtRequest.Kind.READ)) {
            return List.of(registers.getOrDefault(request.name(), "000"));
        }
        String value = "%03d".formatted(request.number(0, 0, 255, 0));
        boolean changesLineEnds = !request.name().equals("S0");
        if (changesLineEnds && !value.equals(registers.get(request.name()))) {
            throw new AtRefusal(Why.NOT_SUPPORTED);
        }
        registers.put(request.name(), value);
        return NOTHING;
    }

    private static List<String> errorLevel(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                return List.of("+CMEE: " + terminal.settings().errorLevel);
            }
            case TEST -> {
                return List.of("+CMEE: (0-2)");
            }
            default -> {
                terminal.settings().errorLevel = request.number(0, 0, 2, 0);
                return NOTHING;
            }
        }
    }

    private static List<String> characterSet(AtRequest request, AtTerminal terminal) throws AtRefusal {
        switch (request.kind()) {
            case READ -> {
                return List.of("+CSCS: \"" + (terminal.settings().ucs2 ? "UCS2" : "IRA") + "\"");
            }
            case TEST -> {
                return List.of("+CSCS: (\"IRA\",\"GSM\",\"UCS2\")");
            }
            default -> {
                String set = request.text(0);
                if (!List.of("IRA", "GSM", "UCS2").contains(set)) {
                    throw new AtRefusal(Why.BAD_PARAMETERS);
                }
                terminal.settings().ucs2 = set.equals("UCS2");
                return NOTHING;
            }
        }
    }

    private void addIdentity(Map<String, AtHandler> commands) {
        say(commands, identity.manufacturer(), "+CGMI", "+GMI");
        say(commands, identity.model(), "+CGMM", "+GMM");
        say(commands, identity.revision(), "+CGMR", "+GMR");
        say(commands, identity.imei(), "+CGSN", "+GSN");
        commands.put(
                "I",
                (request, terminal) -> List.of(
                        "Manufacturer: " + identity.manufacturer(),
                        "Model: " + identity.model(),
                        "Revision: " + identity.revision(),
                        "IMEI: " + identity.imei(),
                        "+GCAP: +CGSM"));
        commands.put("+GCAP", (request, terminal) -> List.of("+GCAP: +CGSM"));
        // 3GPP systems: GERAN, UTRAN, both, E-UTRAN with both; TS 27.007 5.9.
        commands.put("+WS46", (request, terminal) -> switch (request.kind()) {
            case TEST -> List.of("+WS46: (12,22,25)");
            case READ -> List.of("+WS46: 25");
            default -> NOTHING;
        });
    }

    private static void say(Map<String, AtHandler> commands, String text, String... names) {
        for (String name : names) {
            commands.put(name, (request, terminal) -> request.is(AtRequest.Kind.TEST) ? NOTHING : List.of(text));
        }
    }

    /** A string parameter in the host's character set. */
    static String string(String text, AtTerminal terminal) {
        if (!terminal.settings().ucs2) {
            return AtText.quote(text);
        }
        StringBuilder hex = new StringBuilder("\"");
        text.chars().forEach(c -> hex.append("%04X".formatted(c)));
        return hex.append('"').toString();
    }
}
