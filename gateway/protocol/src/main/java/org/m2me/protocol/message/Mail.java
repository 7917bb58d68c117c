// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import java.util.Set;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;

/**
 * What waits for a device in its mailbox, resource {@code m}; each kind is cleared by the device's own answer to it. The
 * kind is told by the one field that it has beside the registration.
 */
public sealed interface Mail {
    /** The registration that this mail belongs to. */
    Nonce registration();

    byte[] encode();

    /** Step 9, PVA to device: prove your state; answer with evidence over this nonce to resource {@code e}. */
    record Challenge(Nonce registration, Nonce nonce) implements Mail {
        private static final long NONCE = 2;

        @Override
        public byte[] encode() {
            return CborMap.builder()
                    .put(Fields.REGISTRATION, registration.bytes())
                    .put(NONCE, nonce.bytes())
                    .build()
                    .encode();
        }
    }

    /** Step 12, DPF to device: your MCIM, sealed; answer with a report to resource {@code p}. */
    record Download(Nonce registration, Opaque envelope) implements Mail {
        private static final long ENVELOPE = 3;

        @Override
        public byte[] encode() {
            return CborMap.builder()
                    .put(Fields.REGISTRATION, registration.bytes())
                    .put(ENVELOPE, envelope.bytes())
                    .build()
                    .encode();
        }
    }

    /** The procedure ended without a MCIM. Nothing else follows for this registration. */
    record Refusal(Nonce registration, ResultCode code) implements Mail {
        private static final long CODE = 4;

        @Override
        public byte[] encode() {
            return CborMap.builder()
                    .put(Fields.REGISTRATION, registration.bytes())
                    .put(CODE, code.number())
                    .build()
                    .encode();
        }
    }

    /**
     * Subscriber to device: your owner wants something; answer with an {@link OrderAnswer} to resource {@code o}.
     *
     * @param registration the order's own number, {@link OwnerOrder#id()}
     * @param order a signed {@link OwnerOrder}
     */
    record Order(Nonce registration, Opaque order) implements Mail {
        private static final long ORDER = 5;

        @Override
        public byte[] encode() {
            return CborMap.builder()
                    .put(Fields.REGISTRATION, registration.bytes())
                    .put(ORDER, order.bytes())
                    .build()
                    .encode();
        }
    }

    /**
     * DPF to device: a new credential for initial access, sealed; answer with a report to resource {@code p}.
     *
     * @param certificate X.509, of the supplier that sealed it, common name {@code supplier.NAME}
     * @param envelope the PCID, sealed
     */
    record Credential(Nonce registration, Opaque certificate, Opaque envelope) implements Mail {
        private static final long CREDENTIAL = 6;
        private static final long CERTIFICATE = 1;
        private static final long ENVELOPE = 2;
        private static final int SIZE_MAX =
                RegisterAnswer.CERTIFICATE_SIZE_MAX + McimEnvelope.SIZE_MAX + 16; // what CBOR adds

        @Override
        public byte[] encode() {
            byte[] both = CborMap.builder()
                    .put(CERTIFICATE, certificate.bytes())
                    .put(ENVELOPE, envelope.bytes())
                    .build()
                    .encode();
            return CborMap.builder()
                    .put(Fields.REGISTRATION, registration.bytes())
                    .put(CREDENTIAL, both)
                    .build()
                    .encode();
        }

        private static Credential decode(Nonce registration, byte[] both) throws CborException {
            Fields fields = Fields.decode(both, Set.of(CERTIFICATE, ENVELOPE));
            return new Credential(
                    registration,
                    Opaque.of(fields.map().bytes(CERTIFICATE, 1, RegisterAnswer.CERTIFICATE_SIZE_MAX)),
                    Opaque.of(fields.map().bytes(ENVELOPE, 1, McimEnvelope.SIZE_MAX)));
        }
    }

    /** @throws CborException naming the field */
    static Mail decode(byte[] cbor) throws CborException {
        Fields fields = Fields.decode(
                cbor,
                Set.of(
                        Fields.REGISTRATION,
                        Challenge.NONCE,
                        Download.ENVELOPE,
                        Refusal.CODE,
                        Order.ORDER,
                        Credential.CREDENTIAL));
        if (fields.map().keys().size() != 2) {
            throw new CborException("mail: wants a registration and one more field, has "
                    + fields.map().keys());
        }
        Nonce registration = fields.nonce(Fields.REGISTRATION);
        if (fields.has(Challenge.NONCE)) {
            return new Challenge(registration, fields.nonce(Challenge.NONCE));
        } else if (fields.has(Download.ENVELOPE)) {
            byte[] envelope = fields.map().bytes(Download.ENVELOPE, 1, McimEnvelope.SIZE_MAX);
            return new Download(registration, Opaque.of(envelope));
        } else if (fields.has(Order.ORDER)) {
            return new Order(registration, Opaque.of(fields.map().bytes(Order.ORDER, 1, OwnerOrder.SIZE_MAX)));
        }
        if (fields.has(Credential.CREDENTIAL)) {
            byte[] both = fields.map().bytes(Credential.CREDENTIAL, 1, Credential.SIZE_MAX);
            return Credential.decode(registration, both);
        }
        return new Refusal(registration, fields.code(Refusal.CODE));
    }
}
