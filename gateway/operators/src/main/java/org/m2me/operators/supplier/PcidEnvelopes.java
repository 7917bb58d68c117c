// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import org.m2me.operators.Iccid;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/** Seals PCIDs, each to one device and for one occasion. */
final class PcidEnvelopes {
    private final RoleContext context;
    private final SupplierRole.Settings settings;

    PcidEnvelopes(RoleContext context, SupplierRole.Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    /**
     * Who may open it, and when.
     *
     * @param agreementKey SubjectPublicKeyInfo
     * @param occasion that it answers: manufacture, or a renewal
     */
    record To(Ueid device, Opaque agreementKey, Nonce occasion) {}

    /** @param ownerToken that the device knows, or knows to derive */
    Opaque seal(To to, PcidRecord pcid, Opaque ownerToken) {
        Mcim sealed = new Mcim(
                        to.device(),
                        settings.ownPcids().operator(),
                        to.occasion(),
                        0,
                        pcid.pcid().imsi(),
                        Iccid.of(pcid.pcid().imsi()),
                        pcid.key(),
                        SqnArray.fresh(pcid.sqn()),
                        settings.pcidApn(),
                        ownerToken)
                .expiring(pcid.expires());
        return Opaque.of(new CmsMcimEnvelope(context.random())
                .seal(sealed, P256PublicKey.ofSpki(to.agreementKey().bytes()), context.key()));
    }
}
