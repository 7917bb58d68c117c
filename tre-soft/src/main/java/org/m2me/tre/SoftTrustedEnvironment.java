// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.m2me.hal.SmartCard;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.ProvisioningReport;
import org.m2me.protocol.message.ResultCode;
import org.m2me.tre.store.Disk;
import org.m2me.tre.usim.SoftUsim;

/** The Trusted Environment of one directory. Every change is one write of the whole state, durable before it is seen. */
final class SoftTrustedEnvironment implements TrustedEnvironment {
    private static final System.Logger LOG = System.getLogger(SoftTrustedEnvironment.class.getName());
    private static final int DIGEST_LENGTH = 32;

    private final Memory memory;
    private final Closeable lock;
    private final MeasurementLog log = new MeasurementLog();
    private final SoftUsim usim;

    private SoftTrustedEnvironment(Memory memory, Closeable lock) {
        this.memory = memory;
        this.lock = lock;
        this.usim = new SoftUsim(new ActiveUsim(memory));
    }

    /**
     * Opens what is on the disk, and counts the boot.
     *
     * @param lock released on close, but not if this throws
     */
    static SoftTrustedEnvironment start(Disk disk, Closeable lock, SecureRandom random)
            throws IOException, TrustException {
        Memory memory = Memory.open(disk, random);
        boolean started = false;
        try {
            TreState state = memory.state();
            if (state.personality().isEmpty()) {
                throw Refusal.of(ResultCode.NOT_FOUND, "keys were made here, and never certified: personalise first");
            }
            memory.change(generation -> state.booted());
            started = true;
            return new SoftTrustedEnvironment(memory, lock);
        } finally {
            if (!started) {
                memory.close();
            }
        }
    }

    private TreState state() {
        synchronized (memory) {
            return memory.state();
        }
    }

    @Override
    public byte[] ueid() {
        return memory.device().value().bytes();
    }

    @Override
    public String pcid() {
        return state().subscriptions().pcid().identity().imsi().digits();
    }

    @Override
    public String pcidApn() {
        return state().subscriptions().pcid().identity().apn();
    }

    @Override
    public byte[] transportCertificate() {
        return state().credentials().transport().bytes();
    }

    @Override
    public byte[] signTransport(byte[] sha256) {
        if (sha256.length != DIGEST_LENGTH) {
            throw new IllegalArgumentException("digest: " + sha256.length + " bytes, wants " + DIGEST_LENGTH);
        }
        try (P256PrivateKey key = state().keys().open(memory.vault(), DeviceKeys.Use.TRANSPORT)) {
            return key.signDigest(sha256);
        }
    }

    @Override
    public List<byte[]> anchors() {
        return state().credentials().anchors().stream().map(Opaque::bytes).toList();
    }

    @Override
    public long bootCount() {
        return state().counters().boots();
    }

    @Override
    public long storeGeneration() {
        synchronized (memory) {
            return memory.generation();
        }
    }

    @Override
    public void measure(String component, String version, byte[] sha256) {
        synchronized (memory) {
            log.measure(new MeasuredComponent(component, version, Opaque.of(sha256)));
        }
    }

    @Override
    public byte[] evidence(byte[] nonce, String hardwareModel) {
        synchronized (memory) {
            TreState state = memory.state();
            try (P256PrivateKey platform = state.keys().open(memory.vault(), DeviceKeys.Use.PLATFORM);
                    P256PrivateKey agreement = state.keys().open(memory.vault(), DeviceKeys.Use.AGREEMENT)) {
                Evidence evidence = new Evidence(
                        memory.device(),
                        new Nonce(Opaque.of(nonce)),
                        hardwareModel,
                        state.counters().boots(),
                        memory.generation(),
                        log.components(),
                        log.digest(),
                        agreement.publicKey());
                return evidence.sign(platform);
            }
        }
    }

    @Override
    public byte[] openRegistration() throws IOException {
        synchronized (memory) {
            TreState state = memory.state();
            if (state.registrations().open().isEmpty()) {
                Nonce fresh = Nonce.random(memory.vault().random());
                memory.change(generation -> state.with(state.registrations().opening(fresh)));
            }
            return memory.state().registrations().open().orElseThrow().nonce().bytes();
        }
    }

    @Override
    public void bindOperator(String operator, byte[] certificate) throws TrustException, IOException {
        synchronized (memory) {
            TreState state = memory.state();
            Registrations.Open open = state.registrations()
                    .open()
                    .orElseThrow(() -> Refusal.of(ResultCode.MCIM_NONCE, "no registration is open to be bound"));
            var wanted = OperatorCertificate.check(
                    operator, certificate, state.credentials().anchors());
            if (open.binding()
                    .filter(bound -> !bound.operator().equals(wanted.operator()))
                    .isPresent()) {
                throw Refusal.of(
                        ResultCode.MCIM_WRONG_OPERATOR,
                        "the open registration is bound to another operator than " + operator);
            }
            if (!open.binding().equals(Optional.of(wanted))) {
                memory.change(generation -> state.with(state.registrations().binding(wanted)));
            }
        }
    }

    @Override
    public void closeRegistration() throws IOException {
        synchronized (memory) {
            TreState state = memory.state();
            if (state.registrations().open().isPresent()) {
                memory.change(generation -> state.with(state.registrations().closing()));
            }
        }
    }

    @Override
    public void install(byte[] envelope) throws TrustException, IOException {
        synchronized (memory) {
            TreState state = memory.state();
            Optional<Nonce> open = state.registrations().open().map(Registrations.Open::nonce);
            Optional<UsimSlot> active = state.subscriptions().activeMcim();
            if (open.isEmpty() && active.isPresent() && active.get().cameIn(envelope)) {
                owe(active.get().registration(), ResultCode.OK);
                return;
            }
            try {
                Installation installation = new Installation(memory.device(), state, memory.vault());
                activate(installation, installation.stage(envelope));
            } catch (TrustException refused) {
                oweRefusal(open, refused);
                throw refused;
            }
        }
    }

    private void activate(Installation installation, Installation.Staged staged) throws TrustException, IOException {
        Nonce registration = staged.slot().registration();
        TreState before = memory.state();
        try {
            memory.change(generation -> installation
                    .commit(staged, before)
                    .owing(new ProvisioningReport(registration, ResultCode.OK, generation)));
        } catch (IOException notStored) {
            if (memory.isInDoubt()) {
                throw notStored; // it may be installed: a report that says no would be believed
            }
            TrustException refused = Refusal.of(ResultCode.STORE_FAILED, "the disk did not take the new state");
            refused.addSuppressed(notStored);
            throw refused;
        }
        if (before.subscriptions().activeMcim().isPresent()) {
            eraseOlderCopy();
        }
    }

    // The older copy of the state still holds the key of the slot that was given up.
    private void eraseOlderCopy() {
        try {
            memory.change(generation -> memory.state());
        } catch (IOException later) {
            LOG.log(System.Logger.Level.WARNING, "a replaced MCIM stays in the older copy until the next write", later);
        }
    }

    // Nobody to report to without a registration. A disk that fails must not silence the report that says so.
    private void oweRefusal(Optional<Nonce> registration, TrustException refused) {
        if (registration.isEmpty()) {
            return;
        }
        ResultCode code = ResultCode.of(refused.code());
        try {
            owe(registration.get(), code);
        } catch (IOException notStored) {
            refused.addSuppressed(notStored);
            if (!memory.isInDoubt()) {
                memory.keepInMind(
                        memory.state().owing(new ProvisioningReport(registration.get(), code, memory.generation())));
            }
        }
    }

    private void owe(Nonce registration, ResultCode code) throws IOException {
        TreState state = memory.state();
        boolean owed = state.report()
                .filter(it -> it.registration().equals(registration) && it.code() == code)
                .isPresent();
        if (!owed) {
            memory.change(generation -> state.owing(new ProvisioningReport(registration, code, generation)));
        }
    }

    @Override
    public Optional<byte[]> owedReport() {
        TreState state = state();
        if (state.report().isEmpty()) {
            return Optional.empty();
        }
        // Signatures are deterministic, so the report is the same bytes whenever it is asked for.
        try (P256PrivateKey platform = state.keys().open(memory.vault(), DeviceKeys.Use.PLATFORM)) {
            return state.report().map(report -> report.sign(platform));
        }
    }

    @Override
    public void reportAcknowledged() throws IOException {
        synchronized (memory) {
            TreState state = memory.state();
            Optional<Nonce> told = state.report().map(ProvisioningReport::registration);
            if (told.isPresent()) {
                boolean stillOpen = state.registrations()
                        .open()
                        .map(Registrations.Open::nonce)
                        .equals(told);
                TreState next = state.owingNothing();
                // Of a registration that the network was told the end of, nothing comes any more.
                memory.change(generation ->
                        stillOpen ? next.with(state.registrations().closing()) : next);
            }
        }
    }

    @Override
    public Optional<Subscription> active() {
        return state().subscriptions().activeMcim().map(slot -> {
            UsimSlot.Identity identity = slot.identity();
            return new Subscription(
                    identity.imsi().digits(),
                    identity.apn(),
                    identity.operator().toString(),
                    slot.confirmed());
        });
    }

    @Override
    public void confirmActive() throws IOException {
        synchronized (memory) {
            TreState state = memory.state();
            UsimSlot active = state.subscriptions()
                    .activeMcim()
                    .orElseThrow(() -> new IllegalStateException("pristine: no subscription is active"));
            if (!active.confirmed()) {
                memory.change(generation -> state.with(state.subscriptions().replacing(active.confirm())));
            }
        }
    }

    @Override
    public long nextSequence() throws IOException {
        synchronized (memory) {
            TreState state = memory.state();
            memory.change(generation -> state.sequenced());
            return memory.state().counters().sequence();
        }
    }

    @Override
    public SmartCard usim() {
        return usim;
    }

    @Override
    public void close() {
        synchronized (memory) {
            memory.close();
        }
        usim.close();
        try {
            lock.close();
        } catch (IOException afterwards) {
            LOG.log(System.Logger.Level.WARNING, "the lock file could not be closed", afterwards);
        }
    }
}
