// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
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
    private final ActiveUsim active;
    private final Registering registering;
    private final Intake intake;
    private final OrderedChange ordered;
    private final OwnersActivation activation;
    private final Deliveries deliveries;
    private final SoftUsim usim;

    private SoftTrustedEnvironment(Memory memory, Closeable lock) {
        this.memory = memory;
        this.lock = lock;
        this.active = new ActiveUsim(memory);
        this.registering = new Registering(memory);
        this.intake = new Intake(memory);
        this.ordered = new OrderedChange(memory);
        this.activation = new OwnersActivation(memory);
        this.deliveries = new Deliveries(memory);
        this.usim = new SoftUsim(active);
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
    public Optional<Instant> pcidExpires() {
        return state().subscriptions().pcid().identity().expires();
    }

    @Override
    public void renewPcid(byte[] certificate, byte[] envelope) throws TrustException, IOException {
        synchronized (memory) {
            intake.renewPcid(certificate, envelope);
        }
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
            return registering.open().bytes();
        }
    }

    @Override
    public void bindOperator(String operator, byte[] certificate) throws TrustException, IOException {
        synchronized (memory) {
            registering.bind(operator, certificate);
        }
    }

    @Override
    public void closeRegistration() throws IOException {
        synchronized (memory) {
            registering.close();
        }
    }

    @Override
    public void install(byte[] envelope) throws TrustException, IOException {
        synchronized (memory) {
            intake.install(envelope);
            active.answerForPcid(false);
        }
    }

    @Override
    public Optional<byte[]> owedReport() {
        synchronized (memory) {
            return deliveries.report();
        }
    }

    @Override
    public void reportAcknowledged() throws IOException {
        synchronized (memory) {
            deliveries.reportAcknowledged();
        }
    }

    @Override
    public Change order(byte[] order) throws TrustException, IOException {
        synchronized (memory) {
            ordered.order(order);
            return change().orElseThrow();
        }
    }

    @Override
    public Optional<Change> change() {
        return state().orders()
                .current()
                .map(it -> new Change(
                        it.id().value().hex(),
                        it.procedure().name(),
                        it.operator().toString(),
                        it.stage()));
    }

    @Override
    public void activate(byte[] signed) throws TrustException, IOException {
        synchronized (memory) {
            activation.take(signed);
        }
    }

    @Override
    public Optional<Activated> activation() {
        synchronized (memory) {
            return activation.current();
        }
    }

    @Override
    public void abandonChange(int code) throws IOException {
        synchronized (memory) {
            ordered.abandon(ResultCode.of(code));
        }
    }

    @Override
    public Optional<byte[]> owedAnswer() {
        synchronized (memory) {
            return deliveries.answer();
        }
    }

    @Override
    public void answerAcknowledged(byte[] answer) throws IOException {
        synchronized (memory) {
            deliveries.answerAcknowledged(answer);
        }
    }

    @Override
    public void stage(byte[] envelope) throws TrustException, IOException {
        synchronized (memory) {
            intake.stage(envelope);
        }
    }

    @Override
    public void discard() throws IOException {
        synchronized (memory) {
            ordered.discard();
        }
    }

    @Override
    public void completeChange() throws IOException {
        synchronized (memory) {
            ordered.complete();
            active.answerForPcid(false);
        }
    }

    @Override
    public List<OwedRelease> owedReleases() {
        synchronized (memory) {
            return deliveries.releases();
        }
    }

    @Override
    public void releaseAcknowledged(byte[] release) throws IOException {
        synchronized (memory) {
            deliveries.releaseAcknowledged(release);
        }
    }

    @Override
    public Optional<Subscription> fallBack() throws IOException {
        synchronized (memory) {
            ordered.fallBack();
            active.answerForPcid(false);
            return active();
        }
    }

    @Override
    public void lookWithPcid(boolean pcid) {
        active.answerForPcid(pcid);
    }

    @Override
    public byte[] firmware() {
        synchronized (memory) {
            return MeasuredComponent.firmware(log.components()).bytes();
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
            UsimSlot unsure = state.subscriptions()
                    .activeMcim()
                    .orElseThrow(() -> new IllegalStateException("pristine: no subscription is active"));
            if (!unsure.confirmed()) {
                memory.change(generation -> state.with(state.subscriptions().confirming()));
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
