// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Ivf;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Sho;
import org.m2me.operators.store.Outbox.FollowUp;
import org.m2me.operators.store.Outbox.Handler;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Step 10: what the PVA owes after it decided, to the SHO that asked and to the IVF. */
final class Reports {
    static final String TO_SHO = "sho";
    static final String TO_IVF = "ivf";

    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
    private static final int RESULT_MAX = 4096;
    private static final int PLMN_MAX = 7;

    private final Peers peers;

    Reports(Peers peers) {
        this.peers = peers;
    }

    Map<String, Handler> handlers() {
        return Map.of(TO_SHO, (key, body) -> toSho(body), TO_IVF, (key, body) -> toIvf(body));
    }

    /** The decision as the outbox keeps it. */
    static byte[] encode(Pva.Request request, ResultCode code, Optional<Opaque> result) {
        CborMap.Builder map = CborMap.builder()
                .put(1, request.registration().bytes())
                .put(2, request.device().value().bytes())
                .put(3, request.operator().toString())
                .put(4, code.number());
        result.ifPresent(signed -> map.put(5, signed.bytes()));
        return map.build().encode();
    }

    private FollowUp toSho(byte[] body) throws Exception {
        CborMap map = CborMap.decode(body);
        peers.sho(Plmn.parse(map.text(3, PLMN_MAX))).validated(validation(map));
        return FollowUp.NONE;
    }

    private static Sho.Validation validation(CborMap map) throws CborException {
        return new Sho.Validation(
                new Nonce(Opaque.of(map.bytes(1, Nonce.LENGTH, Nonce.LENGTH))),
                new Ueid(Opaque.of(map.bytes(2, Ueid.LENGTH, Ueid.LENGTH))),
                ResultCode.of(map.integer(4)),
                map.has(5) ? Optional.of(Opaque.of(map.bytes(5, 1, RESULT_MAX))) : Optional.empty());
    }

    /** What the IVF is issued, as the outbox keeps it. */
    static byte[] encode(Opaque result, List<MeasuredComponent> components, Optional<Opaque> ownerProof) {
        CborMap.Builder map = CborMap.builder().put(1, result.bytes());
        Measured.put(map, 2, components);
        ownerProof.ifPresent(proof -> map.put(4, proof.bytes()));
        return map.build().encode();
    }

    private FollowUp toIvf(byte[] body) throws Exception {
        CborMap map = CborMap.decode(body);
        peers.ivf()
                .publish(new Ivf.Publication(
                        Opaque.of(map.bytes(1, 1, RESULT_MAX)),
                        Measured.get(map, 2),
                        map.has(4)
                                ? Optional.of(
                                        Opaque.of(map.bytes(4, OwnerSecret.PROOF_LENGTH, OwnerSecret.PROOF_LENGTH)))
                                : Optional.empty()));
        return FollowUp.NONE;
    }

    static void givenUp(Connection connection, String kind, String key, byte[] body, Exception why) {
        LOG.error("validation {}: result not taken by the {}: {}", key, kind, why.toString());
    }
}
