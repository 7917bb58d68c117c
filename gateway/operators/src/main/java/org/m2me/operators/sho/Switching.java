// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.util.List;
import java.util.Optional;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.audit.AuditDebts.Deed;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** Devices that have this operator's subscription beside another's: it takes no registration to switch between them. */
final class Switching {
    private final Parts parts;
    private final Permits permits;

    Switching(Parts parts, Permits permits) {
        this.parts = parts;
        this.permits = permits;
    }

    /** Before the device is ordered to. @throws Refused if the regulator stands against it, or there is no contract */
    void mayServe(Ueid device, String subscriber, Nonce order) throws Refused {
        checkContract(device, subscriber);
        ResultCode ruling = permits.ask(Procedure.SWITCH, device);
        Deed deed = Deed.of(What.AUTHORIZED, order, device, parts.settings().operator())
                .in(Procedure.SWITCH)
                .with(ruling)
                .numbered(ruling.number()); // asked again it may be another
        parts.database().change(connection -> parts.audit().owe(connection, deed));
        if (ruling != ResultCode.OK) {
            throw new Refused(ruling, "switch of " + device + ": " + ruling.words());
        }
    }

    /** After the device has done it, or has gone back to this subscription by itself. */
    void inUse(Ueid device, String subscriber) throws Refused {
        checkContract(device, subscriber);
        parts.database().change(connection -> {
            List<Registration> live = Registrations.open(connection, device);
            Optional<Registration> used = live.stream()
                    .filter(one -> one.state() == Progress.PROVISIONED)
                    .findFirst();
            if (used.isEmpty()) {
                boolean comes = live.stream().anyMatch(one -> one.imsi().isPresent());
                throw new Refused(
                        comes ? ResultCode.UNAVAILABLE : ResultCode.NOT_FOUND,
                        "in use: " + device + (comes ? " has not reported yet" : " has no subscription here"));
            }
            parts.outbox().add(connection, Owed.SUBSCRIBED, used.get().nonce().toString(), Parts.NOTHING_MORE);
        });
    }

    private void checkContract(Ueid device, String subscriber) throws Refused {
        boolean theirs = parts.database()
                .read(connection -> parts.contracts().find(connection, device))
                .filter(contract -> contract.subscriber().equals(subscriber))
                .isPresent();
        if (!theirs) {
            throw new Refused(ResultCode.NO_CONTRACT, "switch of " + device + ": no contract with " + subscriber);
        }
    }
}
