// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import org.m2me.operators.Ivf;
import org.m2me.operators.store.Database;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** The IVF: keeps the newest result that the PVA issued for each device and policy, as the PVA signed it. */
public final class IvfRole implements Ivf, AutoCloseable {
    private static final String SCHEMA = """
            create table result(
              device text not null,
              policy text not null,
              issued integer not null,
              signed blob not null,
              primary key(device, policy))""";

    private final Database database;
    private final Certificate pva;

    /** @param pva whose results are taken */
    public IvfRole(RoleContext context, Certificate pva) {
        this.database = Database.open(context.directory().resolve("ivf.db"), SCHEMA);
        this.pva = pva;
    }

    @Override
    public void publish(Publication publication) throws Refused {
        verified(publication.result());
        throw new UnsupportedOperationException();
    }

    @Override
    public java.util.List<Ueid> withdraw(Withdrawal withdrawal) {
        throw new UnsupportedOperationException();
    }

    @Override
    public java.util.List<Answer> inquire(Inquiry inquiry) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void permit(Permission permission) {
        throw new UnsupportedOperationException();
    }

    private AttestationResult verified(Opaque result) throws Refused {
        try {
            return AttestationResult.verify(result.bytes(), pva.publicKey());
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.EVIDENCE_INVALID, "result: " + forged.getMessage());
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
