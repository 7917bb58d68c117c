// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.util.Optional;
import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Activation;

/**
 * What the owner has told the device to work with.
 *
 * @param operator whose subscription was active when it came: it stays as it is when that one is left
 */
record HeldActivation(Activation activation, Optional<Plmn> operator) {
    private static final int KEY_ACTIVATION = 1;
    private static final int KEY_OPERATOR = 2;
    private static final int PLMN_MAX = 7;

    CborMap toCbor() {
        CborMap.Builder map = CborMap.builder().put(KEY_ACTIVATION, activation.encode());
        operator.ifPresent(it -> map.put(KEY_OPERATOR, it.toString()));
        return map.build();
    }

    static HeldActivation fromCbor(CborMap map) throws CborException {
        map.checkOnly(Set.of((long) KEY_ACTIVATION, (long) KEY_OPERATOR));
        return new HeldActivation(
                Activation.decode(map.bytes(KEY_ACTIVATION, 1, Activation.SIZE_MAX)),
                map.has(KEY_OPERATOR) ? Optional.of(Plmn.parse(map.text(KEY_OPERATOR, PLMN_MAX))) : Optional.empty());
    }
}
