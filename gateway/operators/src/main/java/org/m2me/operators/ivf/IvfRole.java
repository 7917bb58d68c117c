// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
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
    public void publish(Opaque result) throws Refused {
        AttestationResult read = verified(result);
        database.transact(connection -> {
            try (PreparedStatement keep = connection.prepareStatement("""
                    insert into result(device, policy, issued, signed) values(?, ?, ?, ?)
                    on conflict(device, policy) do update set issued = excluded.issued, signed = excluded.signed
                    where excluded.issued >= result.issued""")) {
                keep.setString(1, read.ueid().hex());
                keep.setString(2, read.policyId());
                keep.setLong(3, read.issued().toEpochMilli());
                keep.setBytes(4, result.bytes());
                return keep.executeUpdate();
            }
        });
    }

    @Override
    public Optional<Opaque> latest(Ueid device) {
        return database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(
                    "select signed from result where device = ? order by issued desc limit 1")) {
                find.setString(1, device.hex());
                ResultSet row = find.executeQuery();
                return row.next() ? Optional.of(Opaque.of(row.getBytes(1))) : Optional.<Opaque>empty();
            }
        });
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
