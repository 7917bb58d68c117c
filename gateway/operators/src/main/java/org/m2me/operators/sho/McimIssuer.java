// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.util.Optional;
import org.m2me.operators.Authorization;
import org.m2me.operators.Dpf;
import org.m2me.operators.Sho;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;

/** Seals MCIMs and signs the authorisations that go with them. */
final class McimIssuer {
    /** A token with its certificate is about 1 kB. */
    private static final int TOKEN_MAX = 8192;

    private static final int TOKEN = 1;
    private static final int ENVELOPE = 2;

    private final RoleContext context;
    private final ShoSettings settings;
    private final McimEnvelope envelopes;

    McimIssuer(RoleContext context, ShoSettings settings) {
        this.context = context;
        this.settings = settings;
        this.envelopes = new CmsMcimEnvelope(context.random());
    }

    /**
     * What a MCIM is made for.
     *
     * @param agreementKey the attested key that it is sealed to
     */
    record Recipient(Registration registration, Sho.Contract contract, P256PublicKey agreementKey, long serial) {}

    /** An order with this subscription in it, sealed to the recipient alone. */
    Dpf.Order order(Recipient recipient, Subscription subscription) {
        try (Mcim mcim = new Mcim(
                recipient.registration().device(),
                settings.operator(),
                recipient.registration().nonce(),
                recipient.serial(),
                subscription.imsi(),
                subscription.iccid(),
                subscription.key().copy(),
                subscription.sqn(),
                settings.apn().apn(),
                recipient.contract().ownerToken())) {
            Opaque envelope = Opaque.of(envelopes.seal(mcim, recipient.agreementKey(), context.key()));
            return order(recipient.registration(), Authorization.Sealed.of(envelope), Optional.of(envelope));
        }
    }

    /** An order to make the MCIM from the rules that the DPF has. */
    Dpf.Order order(Recipient recipient) {
        Authorization.Content content = new Authorization.Making(
                recipient.agreementKey(), recipient.contract().ownerToken(), recipient.serial());
        return order(recipient.registration(), content, Optional.empty());
    }

    private Dpf.Order order(Registration registration, Authorization.Content content, Optional<Opaque> envelope) {
        Authorization authorization = new Authorization(
                Nonce.random(context.random()),
                registration.nonce(),
                registration.device(),
                settings.operator(),
                context.clock().instant().plus(settings.authorisation()),
                content);
        Opaque token = authorization.sign(context.certificate(), context.key());
        return new Dpf.Order(registration.nonce(), registration.device(), settings.operator(), token, envelope);
    }

    /** An order as work of the outbox: what the registration does not know. */
    static byte[] encode(Dpf.Order order) {
        CborMap.Builder work = CborMap.builder().put(TOKEN, order.token().bytes());
        order.envelope().ifPresent(envelope -> work.put(ENVELOPE, envelope.bytes()));
        return work.build().encode();
    }

    /** The order again. */
    static Dpf.Order decode(Registration registration, Plmn operator, byte[] work) throws CborException {
        CborMap map = CborMap.decode(work);
        Optional<Opaque> envelope = map.has(ENVELOPE)
                ? Optional.of(Opaque.of(map.bytes(ENVELOPE, 1, McimEnvelope.SIZE_MAX)))
                : Optional.empty();
        Opaque token = Opaque.of(map.bytes(TOKEN, 1, TOKEN_MAX));
        return new Dpf.Order(registration.nonce(), registration.device(), operator, token, envelope);
    }
}
