// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.m2me.agent.measure.Component;

/**
 * What the agent is told by its file. Relative paths are relative to that file.
 *
 * @param board the board's file
 * @param tre kind of Trusted Environment: {@code soft}
 * @param treDirectory where its store is
 * @param gateway where the gateway is
 * @param access how the device gets on the air before it has a subscription
 * @param wlanNetwork with {@link Access#N3G}, which network to join
 * @param firmwareVersion of the measured components, at most 32 bytes of UTF-8
 * @param telemetryInterval between two telemetry messages
 * @param telemetryCount how many to send before the agent ends, or 0: it does not end
 * @param refusedRetry about how long a device that was refused for good is quiet before it asks once more
 * @param fallBack when a subscription that does not work is left
 * @param pcidRenewal when a new PCID is asked for
 * @param state directory for what the board keeps, and for the status file
 * @param components what is measured
 */
public record AgentConfiguration(
        Path board,
        String tre,
        Path treDirectory,
        GatewayAddress gateway,
        Access access,
        Optional<String> wlanNetwork,
        String firmwareVersion,
        Duration telemetryInterval,
        long telemetryCount,
        Duration refusedRetry,
        FallBackLimits fallBack,
        PcidRenewal pcidRenewal,
        Path state,
        List<Component> components) {
    /** How to get on the air with a preliminary identity, or without any. */
    public enum Access {
        /** Attach with the PCID. */
        THREE_GPP,
        /** A network of another kind lets the device in (TR 33.812 5.2.5.6.2). */
        N3G
    }

    /**
     * How long a device cannot get on the air with its subscription before it does something about it.
     *
     * @param unconfirmed one that has not authenticated since it became active is left then
     * @param confirmed with another one the device asks by its PCID for orders then, and each time that this has passed
     */
    public record FallBackLimits(Duration unconfirmed, Duration confirmed) {
        private static final long MIN = 10; // seconds; for trials: in the field a search alone takes minutes
        private static final long UNCONFIRMED_DEFAULT = 1_800; // a network that is loaded lets everybody in by then
        private static final long CONFIRMED_DEFAULT = DAY_SECONDS; // most outages are over

        private static FallBackLimits read(ConfigurationFile file) throws ConfigurationException {
            return new FallBackLimits(
                    Duration.ofSeconds(
                            file.optionalNumber("fallback.unconfirmed", MIN, DAY_SECONDS, UNCONFIRMED_DEFAULT)),
                    Duration.ofSeconds(
                            file.optionalNumber("fallback.confirmed", MIN, 30 * DAY_SECONDS, CONFIRMED_DEFAULT)));
        }
    }

    /**
     * When a new PCID is asked for.
     *
     * @param before so long before the end of the old one
     * @param retry about as long after the last time, if that was in vain
     */
    public record PcidRenewal(Duration before, Duration retry) {
        private static final long BEFORE_MIN = 60; // seconds; for trials
        private static final long BEFORE_MAX = 366 * DAY_SECONDS;
        private static final long BEFORE_DEFAULT = 30 * DAY_SECONDS; // outlives an outage, and a month out of reach
        private static final long RETRY_MIN = 10; // for trials; in the field each asks costs a registration
        private static final long RETRY_DEFAULT = DAY_SECONDS; // thirty times before it is too late

        private static PcidRenewal read(ConfigurationFile file) throws ConfigurationException {
            return new PcidRenewal(
                    Duration.ofSeconds(
                            file.optionalNumber("pcid.renew-before", BEFORE_MIN, BEFORE_MAX, BEFORE_DEFAULT)),
                    Duration.ofSeconds(
                            file.optionalNumber("pcid.renew-retry", RETRY_MIN, 30 * DAY_SECONDS, RETRY_DEFAULT)));
        }
    }

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final int COMPONENTS_MAX = 15; // evidence holds one more, for an opened case
    private static final int VERSION_MAX = 32; // bytes, as evidence has it
    private static final long DAY_SECONDS = 86_400;
    private static final long REFUSED_RETRY_MIN = 60; // for trials; in the field each asks costs a registration
    private static final long REFUSED_RETRY_MAX =
            30 * DAY_SECONDS; // a device that is forgotten for longer was not worth a visit

    /**
     * Reads a file, strictly.
     *
     * @param variables what <code>${name}</code> stands for in the paths of components
     * @throws ConfigurationException naming the key that is missing, unknown, or has a value out of its range
     */
    public static AgentConfiguration load(Path file, Map<String, Path> variables) throws ConfigurationException {
        ConfigurationFile read = ConfigurationFile.read(file);
        Path base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
        Access access = access(read);
        String version = version(read);
        AgentConfiguration made = new AgentConfiguration(
                base.resolve(read.required("board")),
                read.required("tre"),
                base.resolve(read.required("tre.directory")),
                gateway(read),
                access,
                wlanNetwork(read, access),
                version,
                Duration.ofSeconds(read.number("telemetry.interval", 1, DAY_SECONDS)),
                read.number("telemetry.count", 0, Integer.MAX_VALUE),
                Duration.ofSeconds(
                        read.optionalNumber("refused.retry", REFUSED_RETRY_MIN, REFUSED_RETRY_MAX, DAY_SECONDS)),
                FallBackLimits.read(read),
                PcidRenewal.read(read),
                base.resolve(read.required("state")),
                components(read, base, version, variables));
        read.end();
        return made;
    }

    /** What {@code agent status} reads. */
    public Path statusFile() {
        return state.resolve("agent.status");
    }

    private static Access access(ConfigurationFile read) throws ConfigurationException {
        String text = read.required("access");
        return switch (text) {
            case "3gpp" -> Access.THREE_GPP;
            case "n3g" -> Access.N3G;
            default -> throw read.fault("access", "wants 3gpp or n3g, has \"" + text + "\"");
        };
    }

    private static Optional<String> wlanNetwork(ConfigurationFile read, Access access) throws ConfigurationException {
        if (access == Access.N3G) {
            return Optional.of(read.required("wlan.network"));
        }
        return read.optional("wlan.network");
    }

    private static String version(ConfigurationFile read) throws ConfigurationException {
        String text = read.required("firmware.version");
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > VERSION_MAX) {
            throw read.fault("firmware.version", "wants at most " + VERSION_MAX + " bytes of UTF-8, has " + length);
        }
        return text;
    }

    private static GatewayAddress gateway(ConfigurationFile read) throws ConfigurationException {
        String text = read.required("gateway");
        try {
            return GatewayAddress.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw read.fault("gateway", String.valueOf(malformed.getMessage()));
        }
    }

    private static List<Component> components(
            ConfigurationFile read, Path base, String version, Map<String, Path> variables)
            throws ConfigurationException {
        List<Component> components = new ArrayList<>();
        for (Map.Entry<String, String> entry : read.under("component.").entrySet()) {
            String key = "component." + entry.getKey();
            if (!NAME.matcher(entry.getKey()).matches()) {
                throw read.fault(key, "wants a name of at most 32 of a to z, 0 to 9 and -");
            }
            if (entry.getKey().equals(Tampering.COMPONENT)) {
                throw read.fault(key, "wants another name: this one stands for the board's case");
            }
            Set<String> names = new HashSet<>();
            List<Path> roots = new ArrayList<>();
            for (String text : entry.getValue().split(",", -1)) {
                Path root = root(read, key, text.strip(), base, variables);
                if (!names.add(String.valueOf(root.getFileName()))) {
                    throw read.fault(key, "has two paths that end in " + root.getFileName());
                }
                roots.add(root);
            }
            components.add(new Component(entry.getKey(), version, roots));
        }
        if (components.isEmpty() || components.size() > COMPONENTS_MAX) {
            throw read.fault("component.NAME", "wants 1 to " + COMPONENTS_MAX + ", has " + components.size());
        }
        return components;
    }

    private static Path root(ConfigurationFile read, String key, String text, Path base, Map<String, Path> variables)
            throws ConfigurationException {
        if (text.isEmpty()) {
            throw read.fault(key, "wants paths with commas between them, has an empty one");
        }
        String path = text;
        for (Map.Entry<String, Path> variable : variables.entrySet()) {
            path = path.replace(
                    "${" + variable.getKey() + "}", variable.getValue().toString());
        }
        if (path.contains("${")) {
            throw read.fault(key, "knows " + variables.keySet() + " only, has \"" + text + "\"");
        }
        return base.resolve(path).normalize();
    }

    /** Where the gateway is, as text: looked up when it is needed, not when the file is read. */
    public record GatewayAddress(String host, int port) {
        private static final Pattern FORM = Pattern.compile("coaps://([^/:\\[\\]]+|\\[[0-9a-fA-F:]+\\]):(\\d{1,5})");

        /** @throws IllegalArgumentException unless the text has the form {@code coaps://host:port} */
        public static GatewayAddress parse(String text) {
            var matcher = FORM.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
                throw new IllegalArgumentException("wants coaps://host:port, has \"" + text + "\"");
            }
            return new GatewayAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
        }

        /** Looks the host up; unresolved if that fails. */
        public InetSocketAddress resolve() {
            return new InetSocketAddress(host, port);
        }

        @Override
        public String toString() {
            return "coaps://" + host + ":" + port;
        }
    }
}
