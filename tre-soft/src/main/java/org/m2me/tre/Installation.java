// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import org.m2me.hal.TrustException;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.EnvelopeRefused;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.envelope.McimEnvelope;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.tre.store.Vault;

/**
 * What happens to a MCIM before it is stored: RECEIVED, VERIFIED (the operator's signature, before any key of the device
 * is touched), OPENED (in memory), CHECKED, TRIED, SEALED. Everything that can refuse it is here and changes nothing; the
 * one commit point is the write of the state that {@link #commit} gives.
 */
final class Installation {
    private static final int RAND_LENGTH = 16;
    private static final int RES_MIN = 4; // TS 33.102 6.3.7
    private static final int RES_MAX = 16;

    private final Ueid device;
    private final TreState state;
    private final Vault vault;
    private final McimEnvelope envelopes;

    Installation(Ueid device, TreState state, Vault vault) {
        this.device = device;
        this.state = state;
        this.vault = vault;
        this.envelopes = new CmsMcimEnvelope(vault.random());
    }

    /**
     * A MCIM that passed, sealed for its slot.
     *
     * @param serial the operator's number for it
     */
    record Staged(UsimSlot slot, long serial) {}

    /**
     * From RECEIVED to SEALED.
     *
     * @throws TrustException with the code that the report carries
     */
    Staged stage(byte[] envelope) throws TrustException {
        Registrations.Open open = openRegistration();
        checkSize(envelope);
        Registrations.Binding binding = open.binding()
                .orElseThrow(() -> Refusal.of(ResultCode.MCIM_WRONG_OPERATOR, "registration is bound to no operator"));
        P256PublicKey operator =
                Certificate.parse(binding.certificate().bytes()).publicKey();
        try (Mcim mcim = open(envelope, operator)) {
            checkNames(mcim, open);
            if (!mcim.operator().equals(binding.operator())) {
                throw Refusal.of(
                        ResultCode.MCIM_WRONG_OPERATOR,
                        "it is from " + mcim.operator() + ", the registration is bound to " + binding.operator());
            }
            checkOwner(mcim);
            checkAge(mcim);
            tryOut(mcim);
            int slot = state.subscriptions().free();
            return new Staged(UsimSlot.of(mcim, envelope, slot, vault), mcim.serial());
        }
    }

    /** The state in which the MCIM waits beside what is in use, and its registration is over. */
    TreState commit(Staged staged, TreState now) {
        UsimSlot mcim = staged.slot();
        return now.with(now.subscriptions().staging(mcim))
                .with(now.registrations()
                        .counting(mcim.identity().operator(), staged.serial())
                        .closing());
    }

    /**
     * Opens the PCID's envelope at manufacture.
     *
     * @param supplier key that must have signed it
     */
    UsimSlot pcid(byte[] envelope, P256PublicKey supplier) throws TrustException {
        checkSize(envelope);
        try (Mcim mcim = open(envelope, supplier)) {
            if (!mcim.device().equals(device)) {
                throw Refusal.of(ResultCode.MCIM_WRONG_DEVICE, "envelope of the PCID is for " + mcim.device());
            }
            if (!mcim.registration().equals(state.pcidNonce())) {
                throw Refusal.of(ResultCode.MCIM_NONCE, "envelope of the PCID answers another manufacture");
            }
            tryOut(mcim);
            return UsimSlot.of(mcim, envelope, UsimSlot.PCID, vault);
        }
    }

    /**
     * Opens the envelope of a PCID that takes the place of the one on board. Many suppliers come from one anchor: the
     * token tells this device's own.
     *
     * @param supplier certificate of who must have signed it, DER
     */
    UsimSlot renewedPcid(byte[] envelope, byte[] supplier) throws TrustException {
        Registrations.Open open = openRegistration();
        checkSize(envelope);
        P256PublicKey signer = RoleCertificate.ofSupplier(
                        supplier, state.credentials().anchors())
                .publicKey();
        try (Mcim mcim = open(envelope, signer)) {
            checkNames(mcim, open);
            checkOwner(mcim);
            tryOut(mcim);
            return UsimSlot.of(mcim, envelope, UsimSlot.PCID, vault);
        }
    }

    private Registrations.Open openRegistration() throws TrustException {
        return state.registrations()
                .open()
                .orElseThrow(() -> Refusal.of(ResultCode.MCIM_NONCE, "no registration is open"));
    }

    private static void checkSize(byte[] envelope) throws TrustException {
        if (envelope.length > McimEnvelope.SIZE_MAX) {
            throw Refusal.of(ResultCode.MCIM_TOO_LARGE, envelope.length + " bytes, at most " + McimEnvelope.SIZE_MAX);
        }
    }

    private Mcim open(byte[] envelope, P256PublicKey signer) throws TrustException {
        try {
            envelopes.verify(envelope, signer);
            try (P256PrivateKey agreement = state.keys().open(vault, DeviceKeys.Use.AGREEMENT)) {
                return envelopes.open(envelope, signer, agreement);
            }
        } catch (EnvelopeRefused other) {
            throw Refusal.of(code(other.reason()), String.valueOf(other.getMessage()));
        } catch (ForgedException damaged) {
            throw Refusal.of(ResultCode.MCIM_DAMAGED, String.valueOf(damaged.getMessage()));
        }
    }

    private static ResultCode code(EnvelopeRefused.Reason reason) {
        return switch (reason) {
            case OTHER_OPERATOR -> ResultCode.MCIM_WRONG_OPERATOR;
            case OTHER_DEVICE -> ResultCode.MCIM_WRONG_DEVICE;
            case UNKNOWN_ALGORITHM -> ResultCode.MCIM_ALGORITHM;
        };
    }

    private void checkNames(Mcim mcim, Registrations.Open open) throws TrustException {
        if (!mcim.device().equals(device)) {
            throw Refusal.of(ResultCode.MCIM_WRONG_DEVICE, "it is for " + mcim.device());
        }
        if (state.registrations().hasServed(mcim.registration())) {
            throw Refusal.of(ResultCode.MCIM_NONCE, "its nonce has served already");
        }
        if (!mcim.registration().equals(open.nonce())) {
            throw Refusal.of(ResultCode.MCIM_NONCE, "it answers another registration than the open one");
        }
    }

    private void checkOwner(Mcim mcim) throws TrustException {
        if (!state.credentials().isOperatorToken(mcim.ownerToken().bytes(), mcim.operator(), vault)) {
            throw Refusal.of(ResultCode.NOT_AUTHORIZED, "its token is not what the device's owner gave its operator");
        }
    }

    private void checkAge(Mcim mcim) throws TrustException {
        if (state.registrations().isOld(mcim.operator(), mcim.serial())) {
            throw Refusal.of(
                    ResultCode.MCIM_NONCE, "serial " + mcim.serial() + " of " + mcim.operator() + " was used before");
        }
    }

    // A key that cannot be used must be known before the old one is gone.
    private static void tryOut(Mcim mcim) throws TrustException {
        if (mcim.sqn().parameters().indBits() > UsimSlot.IND_BITS_MAX) {
            throw Refusal.of(
                    ResultCode.MCIM_ALGORITHM,
                    "IND of " + mcim.sqn().parameters().indBits() + " bits, at most " + UsimSlot.IND_BITS_MAX);
        }
        var trial = mcim.key().functions().f2345(new byte[RAND_LENGTH]);
        int length = trial.res().length;
        trial.wipe();
        if (length < RES_MIN || length > RES_MAX) {
            throw Refusal.of(ResultCode.MCIM_ALGORITHM, "RES of " + length + " bytes");
        }
    }
}
