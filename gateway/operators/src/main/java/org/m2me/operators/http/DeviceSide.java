// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.DeviceService;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;

/** Answers what the gateway passes on from devices, CBOR as it came over the air, and its questions for new mail. */
final class DeviceSide implements Service {
    /** Who speaks for devices. */
    static final Set<String> CALLERS = Set.of("gateway");

    /** An owner's application server hands over the telemetry of its devices, and nothing else, to {@code subscriber.OWNER}. */
    static final String APPLICATION = "application.";

    /** Then the device, a slash, and the resource. */
    static final String DEVICE = "/device/";

    static final String FEED = "/device-feed";

    private final DeviceService devices;
    private final String application;

    /** @param role whose side this is: {@code subscriber.fleet} */
    DeviceSide(DeviceService devices, String role) {
        this.devices = devices;
        this.application = APPLICATION + role.substring(role.indexOf('.') + 1);
    }

    @Override
    public Optional<Answer> answer(Call call) {
        boolean fromDevice = call.path().startsWith(DEVICE) && call.verb().equals("POST");
        boolean forFeed = call.path().equals(FEED) && call.verb().equals("GET");
        if (!fromDevice && !forFeed) {
            return Optional.empty();
        }
        try {
            if (!call.caller().isOneOf(CALLERS) && !handsTelemetryOver(call)) {
                throw new Refused(ResultCode.FORBIDDEN, "only the gateway speaks for devices");
            }
            return Optional.of(fromDevice ? pass(call) : feed(call));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Optional.of(refusal(ResultCode.UNAVAILABLE));
        } catch (Refused | RuntimeException fault) {
            return Optional.of(
                    refusal(Refusals.code(call.path() + " by " + call.caller().name(), fault)));
        }
    }

    private boolean handsTelemetryOver(Call call) {
        return call.caller().name().equals(application)
                && call.path().startsWith(DEVICE)
                && call.path().endsWith("/" + DeviceResource.TELEMETRY.path());
    }

    private Answer pass(Call call) throws Refused {
        String[] parts = call.path().substring(DEVICE.length()).split("/", -1);
        if (parts.length != 2) {
            throw new Refused(ResultCode.NOT_FOUND, "no device and resource");
        }
        DeviceResource resource = resource(parts[1]);
        if (call.body().length > resource.sizeMax()) {
            throw new Refused(ResultCode.TOO_LARGE, call.body().length + " bytes, at most " + resource.sizeMax());
        }
        return devices.answer(device(parts[0]), resource, call.body())
                .map(body -> Answer.ok(Answer.CBOR, body))
                .orElseGet(Answer::nothing);
    }

    private Answer feed(Call call) throws Refused, InterruptedException {
        long after = number(call.query(), "after");
        Duration wait = Duration.ofMillis(number(call.query(), "wait"));
        return Answer.ok(Answer.CBOR, devices.feed(after, wait).encode());
    }

    private static Ueid device(String hex) throws Refused {
        try {
            if (!hex.equals(hex.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("UEID: one device has one name, in lower case");
            }
            return Ueid.hex(hex);
        } catch (IllegalArgumentException wrong) {
            throw new Refused(ResultCode.MALFORMED, "device: " + wrong.getMessage());
        }
    }

    private static DeviceResource resource(String path) throws Refused {
        for (DeviceResource resource : DeviceResource.values()) {
            if (resource.path().equals(path)) {
                return resource;
            }
        }
        throw new Refused(ResultCode.NOT_FOUND, "resource: " + path + " is not known");
    }

    private static long number(Map<String, String> query, String name) throws Refused {
        try {
            return Long.parseUnsignedLong(query.getOrDefault(name, ""));
        } catch (NumberFormatException wrong) {
            throw new Refused(ResultCode.MALFORMED, name + ": no number");
        }
    }

    private static Answer refusal(ResultCode code) {
        return Answer.refusal(code, Answer.CBOR, new Verdict(code).encode());
    }
}
