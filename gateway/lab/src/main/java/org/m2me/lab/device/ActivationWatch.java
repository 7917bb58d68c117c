// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.m2me.protocol.message.DeviceResource;

/** What a device's agent reports of its application activation, and what that took on the air. */
public final class ActivationWatch {
    private static final Pattern ACTIVATED = Pattern.compile("\"event\":\"activated\".*\"application\":\"([^\"]+)\"");
    private static final Pattern EXCHANGE = Pattern.compile("\"event\":\"exchange\",.*\"resource\":\"([A-Z]+)\""
            + ",\"server\":\"([A-Z]+)\".*\"bytesUp\":(\\d+),\"bytesDown\":(\\d+)");

    private Optional<String> application = Optional.empty();
    private long bytes;
    private Optional<Long> firstTelemetryBytes = Optional.empty();

    /** A line that the agent wrote. */
    synchronized void follow(String line) {
        Matcher activated = ACTIVATED.matcher(line);
        if (activated.find()) {
            application = Optional.of(activated.group(1));
        }
        Matcher exchange = EXCHANGE.matcher(line);
        if (!exchange.find()) {
            return;
        }
        long spent = Long.parseLong(exchange.group(3)) + Long.parseLong(exchange.group(4));
        if (exchange.group(1).equals(DeviceResource.ACTIVATION.name())) {
            bytes += spent;
        } else if (exchange.group(2).equals("APPLICATION") && firstTelemetryBytes.isEmpty()) {
            firstTelemetryBytes = Optional.of(spent);
        }
    }

    /** Where telemetry goes by the owner's word; empty if the owner has entered nothing. */
    public synchronized Optional<String> application() {
        return application;
    }

    /** On the air, both ways, for all questions of the activation service and their answers. */
    public synchronized long bytes() {
        return bytes;
    }

    /** On the air, both ways, for the first telemetry to the application server, with the handshake that it took. */
    public synchronized Optional<Long> firstTelemetryBytes() {
        return firstTelemetryBytes;
    }
}
