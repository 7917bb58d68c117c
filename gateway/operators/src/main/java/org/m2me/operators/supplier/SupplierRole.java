// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.supplier;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Iccid;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.PcidRecord;
import org.m2me.operators.Peers;
import org.m2me.operators.Supplier;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.crypto.Signer;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.ReferenceValues;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Usage;
import org.m2me.protocol.pki.Ocsp;

/** The supplier: certifies what its production line makes, gives it a PCID, and says what its devices should measure. */
public final class SupplierRole implements Supplier, AutoCloseable {
    /** A device outlives its installer; its credential ends by revocation, not by age. */
    private static final Duration CREDENTIAL_LIFETIME = Duration.ofDays(20 * 365L);
    /** Clocks of devices and of production lines differ by less. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    /** As long as a release is maintained. */
    private static final Duration RELEASE_LIFETIME = Duration.ofDays(5 * 365L);

    private static final int OWNER_TOKEN_LENGTH = 16;

    /**
     * Who it is.
     *
     * @param name as in the common name of its role certificate, {@code supplier.NAME}
     * @param authority issues the certificates of its devices
     * @param authorityKey the authority's, which also signs OCSP answers
     * @param ownPcids from which it makes PCIDs itself (ways 2 and 3)
     * @param pcidApn the APN that the ICF allows to its PCIDs
     */
    public record Settings(
            String name, CertificateAuthority authority, Signer authorityKey, PcidSettings ownPcids, String pcidApn) {}

    private final Database database;
    private final RoleContext context;
    private final Peers peers;
    private final Settings settings;
    private final Vault vault;

    public SupplierRole(RoleContext context, Peers peers, Settings settings) {
        this.context = context;
        this.peers = peers;
        this.settings = settings;
        this.database = Database.open(
                context.directory().resolve("supplier.db"),
                Devices.SCHEMA,
                Devices.SCHEMA_MODEL,
                Devices.SCHEMA_PCID,
                Devices.SCHEMA_PCID_KEY);
        this.vault = context.vault();
    }

    @Override
    public Made make(Blank blank) throws Refused {
        if (find(blank.device()).isEmpty()) {
            Made made = assemble(blank);
            database.change(connection -> {
                Devices.add(connection, blank, made, vault);
                Devices.forgetPcid(connection, blank.device());
            });
        }
        Devices.Entry entry = find(blank.device()).orElseThrow();
        if (!entry.platformKey().equals(blank.platformKey())) {
            throw new Refused(ResultCode.FORBIDDEN, "device " + blank.device() + ": was made with another key");
        }
        peers.pva().enrol(blank.device(), entry.made().platformCertificate(), ownerProof(entry.made()));
        return entry.made();
    }

    private static Opaque ownerProof(Made made) {
        try (SecretBytes secret = SecretBytes.takeFrom(made.ownerToken().bytes())) {
            return OwnerSecret.proofOf(OwnerSecret.inquiryToken(secret));
        }
    }

    private Optional<Devices.Entry> find(Ueid device) {
        return database.read(connection -> Devices.find(connection, device, vault));
    }

    private Made assemble(Blank blank) throws Refused {
        Certificate platform = certify(blank, blank.platformKey());
        Certificate transport = certify(blank, blank.transportKey());
        byte[] token = new byte[OWNER_TOKEN_LENGTH];
        context.random().nextBytes(token);
        Opaque ownerToken = Opaque.of(token);
        try (PcidHolder pcid = pcid(blank)) {
            return new Made(
                    blank.device(),
                    pcid.record().pcid(),
                    Opaque.of(platform.der()),
                    Opaque.of(transport.der()),
                    Opaque.of(context.certificate().der()),
                    Opaque.of(seal(blank, pcid.record(), ownerToken)),
                    ownerToken,
                    blank.way() == PcidWay.SENT_BY_SUBSCRIBER
                            ? Optional.of(Opaque.of(SealedPcid.form(pcid.record(), vault)))
                            : Optional.empty());
        }
    }

    private Certificate certify(Blank blank, Opaque spki) {
        Instant now = context.clock().instant();
        return settings.authority()
                .issue(new CertificateAuthority.Request(
                        blank.device().hex(),
                        "",
                        P256PublicKey.ofSpki(spki.bytes()),
                        Usage.DEVICE,
                        now.minus(CLOCK_SKEW),
                        now.plus(CREDENTIAL_LIFETIME)));
    }

    /** A record whose key is wiped when the device is made. */
    private record PcidHolder(PcidRecord record) implements AutoCloseable {
        @Override
        public void close() {
            record.key().close();
        }
    }

    private PcidHolder pcid(Blank blank) throws Refused {
        if (blank.way() == PcidWay.ISSUED_BY_CCIF) {
            return new PcidHolder(peers.ccif().issue(settings.name(), blank.device()));
        }
        PcidHolder own = new PcidHolder(database.<PcidRecord, Refused>transact(connection -> own(connection, blank)));
        boolean done = false;
        try {
            if (blank.way() == PcidWay.SENT_TO_CCIF) {
                peers.ccif().deposit(settings.name(), own.record());
            }
            done = true;
            return own;
        } finally {
            if (!done) {
                own.close();
            }
        }
    }

    /** Made once, and kept until the device is made: the CCIF may have it though its answer was lost. */
    private PcidRecord own(Connection connection, Blank blank) throws SQLException, Refused {
        ImsiRange range = settings.ownPcids().imsis();
        long index = Devices.nextPcid(connection, blank.device());
        if (index >= range.count()) {
            throw new Refused(ResultCode.QUOTA, "PCIDs: all " + range.count() + " of this supplier's range are used");
        }
        Pcid pcid = new Pcid(range.at(index));
        Optional<byte[]> kept = Devices.keptPcid(connection, blank.device());
        if (kept.isPresent()) {
            return SealedPcid.open(pcid, kept.get(), vault);
        }
        Instant expires = context.clock().instant().plus(settings.ownPcids().lifetime());
        PcidRecord made = CcifRole.fresh(pcid, expires, context.random());
        Devices.keepPcid(connection, blank.device(), SealedPcid.atRest(made, vault));
        return made;
    }

    private byte[] seal(Blank blank, PcidRecord pcid, Opaque ownerToken) {
        Mcim sealed = new Mcim(
                blank.device(),
                settings.ownPcids().operator(),
                blank.pcidNonce(),
                0,
                pcid.pcid().imsi(),
                Iccid.of(pcid.pcid().imsi()),
                pcid.key(),
                SqnArray.fresh(pcid.sqn()),
                settings.pcidApn(),
                ownerToken);
        return new CmsMcimEnvelope(context.random())
                .seal(sealed, P256PublicKey.ofSpki(blank.agreementKey().bytes()), context.key());
    }

    @Override
    public void release(String model, List<MeasuredComponent> components) throws Refused {
        long version = database.transact(connection -> Devices.nextVersion(connection, model));
        Instant now = context.clock().instant();
        byte[] signed = new ReferenceValues(
                        settings.name() + "/" + model,
                        version,
                        settings.name(),
                        model,
                        now.minus(CLOCK_SKEW),
                        now.plus(RELEASE_LIFETIME),
                        components)
                .sign(context.key());
        peers.pva().references(settings.name(), Opaque.of(signed));
    }

    @Override
    public void revoke(Ueid device) throws Refused {
        boolean known = database.transact(
                connection -> Devices.revoke(connection, device, context.clock().instant()));
        if (!known) {
            throw new Refused(ResultCode.UNKNOWN_DEVICE, device + " was not made here");
        }
    }

    @Override
    public Opaque ocsp(Opaque request) {
        Ocsp.Responder responder =
                new Ocsp.Responder(settings.authority().certificate(), Optional.empty(), settings.authorityKey());
        return Opaque.of(
                responder.respond(request.bytes(), this::status, context.clock().instant()));
    }

    private Ocsp.Status status(BigInteger serial) {
        return database.read(connection -> Devices.status(connection, serial));
    }

    @Override
    public void depositForm(Opaque form) throws Refused {
        try (PcidHolder pcid = new PcidHolder(SealedPcid.ofForm(form.bytes(), vault))) {
            peers.ccif().deposit(settings.name(), pcid.record());
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.FORBIDDEN, "deposit form: was not made here");
        }
    }

    @Override
    public void close() {
        database.close();
        vault.close();
    }
}
