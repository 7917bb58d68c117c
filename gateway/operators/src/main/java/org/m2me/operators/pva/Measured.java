// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.util.ArrayList;
import java.util.List;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;

/** Measured components as the PVA's database keeps them. */
final class Measured {
    // As evidence has them.
    private static final int COMPONENTS_MAX = 16;
    private static final int TEXT_MAX = 32;
    private static final int DIGEST_LENGTH = 32;

    private Measured() {}

    static void put(CborMap.Builder map, long key, List<MeasuredComponent> components) {
        map.putMaps(
                key,
                components.stream()
                        .map(component -> CborMap.builder()
                                .put(1, component.name())
                                .put(2, component.version())
                                .put(3, component.sha256().bytes())
                                .build())
                        .toList());
    }

    static List<MeasuredComponent> get(CborMap map, long key) throws CborException {
        List<MeasuredComponent> components = new ArrayList<>();
        for (CborMap component : map.maps(key, COMPONENTS_MAX)) {
            components.add(new MeasuredComponent(
                    component.text(1, TEXT_MAX),
                    component.text(2, TEXT_MAX),
                    Opaque.of(component.bytes(3, DIGEST_LENGTH, DIGEST_LENGTH))));
        }
        return components;
    }
}
