// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;

/**
 * Measurements since start: the log of events, the register that they extend, and the latest value of each component.
 * The register is reset by a start and by nothing else. Not thread-safe.
 */
final class MeasurementLog {
    /** Where Linux IMA measures files to as well, so that a TPM can take this register's place. */
    static final int REGISTER = 10;
    /** What evidence has room for. */
    static final int COMPONENTS_MAX = 16;
    /** Changes of files between two starts: more is a fault, and must not fill the memory. */
    static final int EVENTS_MAX = 256;

    private static final int DIGEST_LENGTH = 32;
    private static final int KEY_REGISTER = 1;
    private static final int KEY_NAME = 2;
    private static final int KEY_VERSION = 3;
    private static final int KEY_DIGEST = 4;
    private static final int KEY_EVENTS = 1;

    private final Map<String, MeasuredComponent> latest = new LinkedHashMap<>();
    private final List<CborMap> events = new ArrayList<>();
    private byte[] register = new byte[DIGEST_LENGTH];

    /** Logs and extends, unless the component has this version and digest already. */
    void measure(MeasuredComponent component) {
        checkRoom(component);
        if (component.equals(latest.get(component.name()))) {
            return;
        }
        if (events.size() == EVENTS_MAX) {
            throw new IllegalStateException("measurement log: full with " + EVENTS_MAX + " events; restart the device");
        }
        CborMap event = CborMap.builder()
                .put(KEY_REGISTER, REGISTER)
                .put(KEY_NAME, component.name())
                .put(KEY_VERSION, component.version())
                .put(KEY_DIGEST, component.sha256().bytes())
                .build();
        events.add(event);
        register = extended(register, event);
        latest.put(component.name(), component);
    }

    // The parts of a component are in their ranges, or it would not be one.
    private void checkRoom(MeasuredComponent component) {
        if (latest.size() == COMPONENTS_MAX && !latest.containsKey(component.name())) {
            throw new IllegalArgumentException("measurement of \"" + component.name() + "\": evidence has room for "
                    + COMPONENTS_MAX + " components");
        }
    }

    /** As a TPM extends: SHA-256(old || digest of the event). */
    static byte[] extended(byte[] old, CborMap event) {
        return Hashes.sha256(old, Hashes.sha256(event.encode()));
    }

    /** The latest of each, in the order in which they were first measured. */
    List<MeasuredComponent> components() {
        return List.copyOf(latest.values());
    }

    /** The log, CBOR: a verifier that has it computes {@link #register()} and {@link #digest()} again. */
    byte[] encode() {
        return CborMap.builder().putMaps(KEY_EVENTS, events).build().encode();
    }

    /** SHA-256 of the log. */
    Opaque digest() {
        return Opaque.of(Hashes.sha256(encode()));
    }

    /** What the events extended the register to. */
    Opaque register() {
        return Opaque.of(register);
    }
}
