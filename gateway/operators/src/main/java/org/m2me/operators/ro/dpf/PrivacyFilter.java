// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ro.dpf;

import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.ReleaseAcknowledgement;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;

/**
 * What the new operator hears of the old one (TR 33.812 5.1.3.8.4.2 step 11): that it has acknowledged, in which
 * registration, and nothing else. Its word is examined here and goes no further.
 */
final class PrivacyFilter {
    private PrivacyFilter() {}

    /**
     * The registration in whose operator's name the device left another.
     *
     * @throws Refused MALFORMED; FORBIDDEN if no operator acknowledged this, or not for this device; UNAVAILABLE if the
     *     operator's certificate begins later than it is here: the clock here is slow, and the device is to come again
     */
    static Nonce pass(RoleContext context, Ueid device, byte[] body) throws Refused {
        try {
            Relay relay = Relay.decode(body);
            byte[] signed = relay.acknowledgement().bytes();
            ReleaseAcknowledgement said = ReleaseAcknowledgement.verify(
                    signed, context.anchors(), context.clock().instant());
            if (!said.device().equals(device)) {
                throw new Refused(ResultCode.FORBIDDEN, "relay: acknowledged is " + said.device() + ", not " + device);
            }
            return relay.registration();
        } catch (CborException malformed) {
            throw new Refused(ResultCode.MALFORMED, "relay: " + malformed.getMessage());
        } catch (CertificateRefused distrusted) {
            ResultCode code =
                    distrusted.reason() == Reason.NOT_YET_VALID ? ResultCode.UNAVAILABLE : ResultCode.FORBIDDEN;
            throw new Refused(code, "relay: signer's certificate " + distrusted.getMessage());
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "relay: " + forged.getMessage());
        }
    }
}
