// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.m2me.operators.Ccif;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Peers;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** The CCIF: makes PCIDs from a range or takes those that suppliers made, and hands each to the ICF. */
public final class CcifRole implements Ccif, AutoCloseable {
    /**
     * What it makes.
     *
     * @param quarantine how long a released PCID rests before it is issued again: longer than any device that still
     *     uses it stays attached
     */
    public record Settings(PcidSettings pcids, Duration quarantine) {}

    private final Vault vault;
    private final Database database;
    private final PcidPool pool;
    private final RoleContext context;
    private final Peers peers;
    private final Settings settings;

    public CcifRole(RoleContext context, Peers peers, Settings settings) {
        this.context = context;
        this.peers = peers;
        this.settings = settings;
        this.vault = context.vault();
        this.database = Database.open(context.directory().resolve("ccif.db"), PcidPool.SCHEMA, PcidPool.SCHEMA_DEPOSIT);
        this.pool = new PcidPool(vault);
    }

    @Override
    public PcidRecord issue(String supplier, Ueid device) throws Refused {
        PcidRecord record = database.<PcidRecord, Refused>transact(connection -> {
            var issued = pool.issuedTo(connection, device);
            if (issued.isPresent()) {
                return issued.get();
            }
            Instant now = context.clock().instant();
            Pcid pcid = pool.next(connection, settings.pcids().imsis(), now.minus(settings.quarantine()));
            PcidRecord fresh = fresh(pcid, now.plus(settings.pcids().lifetime()), context.random());
            pool.issue(connection, supplier, device, fresh);
            return fresh;
        });
        boolean accepted = false;
        try {
            peers.icf().accept(record);
            accepted = true;
            return record;
        } finally {
            if (!accepted) {
                record.key().close();
            }
        }
    }

    /** A new key for a PCID. */
    static PcidRecord fresh(Pcid pcid, Instant expires, SecureRandom random) {
        AkaKey key = new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
        return new PcidRecord(pcid, key, SqnParameters.DEFAULT, expires);
    }

    @Override
    public void deposit(String supplier, PcidRecord record) throws Refused {
        if (settings.pcids().imsis().contains(record.pcid().imsi())) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + record.pcid() + ": is one of those that are made here");
        }
        if (!settings.pcids().operator().isHomeOf(record.pcid().imsi())) {
            throw new Refused(
                    ResultCode.FORBIDDEN,
                    "PCID " + record.pcid() + ": does not belong to "
                            + settings.pcids().operator());
        }
        database.change(connection -> pool.deposit(connection, supplier, record.pcid()));
        peers.icf().accept(record);
    }

    @Override
    public void release(String supplier, Pcid pcid) throws Refused {
        Optional<String> holder = database.read(connection -> PcidPool.holder(connection, pcid));
        if (!holder.equals(Optional.of(supplier))) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + pcid + ": is not one of supplier " + supplier + "'s");
        }
        peers.icf().deactivate(pcid);
        database.change(
                connection -> pool.release(connection, pcid, context.clock().instant()));
    }

    @Override
    public void close() {
        database.close();
        vault.close();
    }
}
