// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.Sho.Contract;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.audit.AuditDebts.Deed;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Release;
import org.m2me.protocol.message.ReleaseAcknowledgement;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps.Carried;

/** Devices that leave this operator: by their own word, or by their subscriber's. Whichever comes first, the effect is one. */
final class Departure {
    private final Parts parts;

    Departure(Parts parts) {
        this.parts = parts;
    }

    /** The device has discarded its subscription. @return the signed acknowledgement, the same each time */
    Opaque released(Ueid device, Opaque release) throws Refused {
        Nonce nonce = verified(device, release).registration();
        return parts.database().transact(connection -> {
            Optional<Opaque> before = Registrations.acknowledgement(connection, nonce);
            return before.isPresent() ? before.get() : acknowledge(connection, nonce, release.length());
        });
    }

    /** By the platform key that this operator was shown when it let the device be provisioned. */
    private Release verified(Ueid device, Opaque signed) throws Refused {
        try {
            Release claimed = Release.unverified(signed.bytes());
            Registration of = parts.database()
                    .read(connection -> Registrations.find(connection, claimed.registration()))
                    .filter(known -> known.device().equals(device))
                    .orElseThrow(() -> new Refused(
                            ResultCode.NOT_FOUND, "release: no registration " + claimed.registration() + " here"));
            Opaque credential = of.credential()
                    .orElseThrow(() -> new Refused(
                            ResultCode.NOT_FOUND, "release: nothing came of registration " + claimed.registration()));
            Release release = Release.verify(signed.bytes(), credential);
            if (!release.device().equals(device)
                    || !release.operator().equals(parts.settings().operator())) {
                throw new Refused(
                        ResultCode.FORBIDDEN, "release: of " + release.device() + ", to " + release.operator());
            }
            return release;
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "release of " + device + ": " + forged.getMessage());
        }
    }

    private Opaque acknowledge(Connection connection, Nonce nonce, int size) throws SQLException {
        Registration leaving = Registrations.find(connection, nonce).orElseThrow();
        String device = leaving.device().hex();
        parts.steps().report(Step.REPORT_DISCARD, device, ResultCode.OK, new Carried("signed release", size, 0));
        depart(connection, leaving, true);
        Contracts.end(connection, leaving.device(), leaving.at());
        Opaque acknowledgement = new ReleaseAcknowledgement(leaving.device())
                .sign(parts.context().certificate(), parts.context().key());
        Registrations.acknowledge(connection, nonce, acknowledgement);
        parts.audit()
                .owe(
                        connection,
                        Deed.of(
                                What.DISCARDED,
                                nonce,
                                leaving.device(),
                                parts.settings().operator()));
        parts.steps()
                .report(
                        Step.ACKNOWLEDGE_DISCARD,
                        device,
                        ResultCode.OK,
                        new Carried("signed acknowledgement", acknowledgement.length(), 0));
        return acknowledgement;
    }

    /** The subscriber ends the contract. @throws Refused FORBIDDEN if it is another's */
    void cancel(Ueid device, String subscriber) throws Refused {
        parts.database().change(connection -> {
            Optional<Contract> contract = parts.contracts().find(connection, device);
            if (contract.isEmpty()) {
                return; // repeated, or the device's own word was first
            }
            if (!contract.get().subscriber().equals(subscriber)) {
                throw new Refused(ResultCode.FORBIDDEN, "contract: " + device + " is another subscriber's");
            }
            for (Registration open : Registrations.open(connection, device)) {
                depart(connection, open, false);
            }
            Contracts.end(connection, device);
            parts.outbox().add(connection, Owed.WITHDRAWN, device.hex(), Parts.NOTHING_MORE);
        });
    }

    private void depart(Connection connection, Registration leaving, boolean byItself) throws SQLException {
        if (byItself) {
            parts.subscriptions().leave(connection, leaving);
        } else {
            parts.subscriptions().release(connection, leaving);
        }
        Registrations.move(connection, leaving.nonce(), Progress.RELEASED, ResultCode.OK);
        TimeLimit.end(parts.outbox(), connection, leaving.nonce());
    }

    /** This operator's new device has left another; a registration that is not the device's is refused. */
    void leftAnother(Nonce registration, Ueid device) throws Refused {
        parts.database().change(connection -> {
            boolean known = Registrations.find(connection, registration)
                    .filter(one -> one.device().equals(device))
                    .isPresent();
            if (!known) {
                throw new Refused(ResultCode.NOT_FOUND, "no registration " + registration + " of " + device);
            }
            Registrations.leftAnother(connection, registration);
        });
    }
}
