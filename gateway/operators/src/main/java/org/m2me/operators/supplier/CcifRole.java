// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.m2me.operators.Ccif;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Peers;
import org.m2me.operators.Supplier;
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
    private final Vault vault;
    private final Database database;
    private final PcidPool pool;
    private final RoleContext context;
    private final Peers peers;
    private final PcidSettings settings;

    public CcifRole(RoleContext context, Peers peers, PcidSettings settings) {
        this.context = context;
        this.peers = peers;
        this.settings = settings;
        this.vault = context.vault();
        this.database = Database.open(context.directory().resolve("ccif.db"), PcidPool.SCHEMA.toArray(String[]::new));
        this.pool = new PcidPool(vault);
    }

    @Override
    public PcidRecord issue(String supplier, Ueid device) throws Refused {
        return give(new PcidPool.Holder(supplier, device, Optional.empty()));
    }

    @Override
    public PcidRecord successor(String supplier, Ueid device, Pcid of) throws Refused {
        requireHolder(supplier, of);
        if (isAnothers(device, of)) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + of + ": is not " + device + "'s");
        }
        return give(new PcidPool.Holder(supplier, device, Optional.of(of)));
    }

    private PcidRecord give(PcidPool.Holder holder) throws Refused {
        PcidRecord record = database.<PcidRecord, Refused>transact(connection -> {
            var issued = pool.issuedTo(connection, holder);
            if (issued.isPresent()) {
                return issued.get();
            }
            Instant now = context.clock().instant();
            Pcid pcid = pool.next(connection, settings.imsis(), now.minus(settings.quarantine()));
            PcidRecord fresh = fresh(pcid, now.plus(settings.lifetime()), context.random());
            pool.issue(connection, holder, fresh);
            return fresh;
        });
        boolean accepted = false;
        try {
            accept(record, holder.predecessor());
            accepted = true;
            return record;
        } finally {
            if (!accepted) {
                record.key().close();
            }
        }
    }

    /** @param of what it follows, and is good for the same as */
    private void accept(PcidRecord record, Optional<Pcid> of) throws Refused {
        if (of.isPresent()) {
            peers.icf().acceptSuccessor(record, of.get());
        } else {
            peers.icf().accept(record);
        }
    }

    /** A new key for a PCID. */
    static PcidRecord fresh(Pcid pcid, Instant expires, SecureRandom random) {
        AkaKey key = new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
        return new PcidRecord(pcid, key, SqnParameters.DEFAULT, expires);
    }

    @Override
    public void deposit(String supplier, PcidRecord record) throws Refused {
        deposit(supplier, record, Optional.empty());
    }

    @Override
    public void depositSuccessor(String supplier, PcidRecord record, Pcid of) throws Refused {
        requireHolder(supplier, of);
        deposit(supplier, record, Optional.of(of));
    }

    private void deposit(String supplier, PcidRecord record, Optional<Pcid> of) throws Refused {
        if (settings.imsis().contains(record.pcid().imsi())) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + record.pcid() + ": is one of those that are made here");
        }
        if (!settings.operator().isHomeOf(record.pcid().imsi())) {
            throw new Refused(
                    ResultCode.FORBIDDEN, "PCID " + record.pcid() + ": does not belong to " + settings.operator());
        }
        database.change(connection -> pool.deposit(connection, supplier, record.pcid()));
        accept(record, of);
    }

    @Override
    public void release(String supplier, Ueid device, Pcid pcid) throws Refused {
        requireHolder(supplier, pcid);
        if (isAnothers(device, pcid)) {
            return;
        }
        peers.icf().deactivate(pcid);
        database.change(connection ->
                PcidPool.release(connection, device, pcid, context.clock().instant()));
    }

    private boolean isAnothers(Ueid device, Pcid pcid) {
        return database.read(connection -> PcidPool.isAnothers(connection, device, pcid));
    }

    private void requireHolder(String supplier, Pcid pcid) throws Refused {
        if (!holder(pcid).equals(Optional.of(supplier))) {
            throw new Refused(ResultCode.FORBIDDEN, "PCID " + pcid + ": is not one of supplier " + supplier + "'s");
        }
    }

    private Optional<String> holder(Pcid pcid) {
        return database.read(connection -> PcidPool.holder(connection, pcid));
    }

    @Override
    public void renew(Supplier.Renewal renewal) throws Refused {
        String name = holder(renewal.pcid())
                .orElseThrow(() -> new Refused(
                        ResultCode.PCID_UNKNOWN, "renewal: PCID " + renewal.pcid() + " is of no supplier known here"));
        Supplier supplier;
        try {
            supplier = peers.supplier(name);
        } catch (IllegalArgumentException unknown) {
            throw new Refused(ResultCode.NOT_FOUND, "renewal: " + unknown.getMessage());
        }
        supplier.renew(renewal);
    }

    @Override
    public void close() {
        database.close();
        vault.close();
    }
}
