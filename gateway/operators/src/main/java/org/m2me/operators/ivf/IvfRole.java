// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.m2me.operators.Ivf;
import org.m2me.operators.ivf.Results.Place;
import org.m2me.operators.ivf.Results.Rests;
import org.m2me.operators.store.Database;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The IVF: keeps the newest result that the PVA issued for each device and policy, as the PVA signed it, in a database
 * and, to answer from, in memory.
 */
public final class IvfRole implements Ivf, AutoCloseable {
    /** 0.8 kB of memory each. More devices: several IVFs, each with its share of them. */
    static final int RESULTS_MAX = 1_000_000;

    /** A result with 16 components of the longest names has 1,050 bytes; {@link Ivf#MESSAGE_SIZE_MAX} rests on it. */
    static final int RESULT_SIZE_MAX = 1_100;

    /** Nobody relies on something older; and a withdrawal need not be remembered for longer. */
    static final Duration RESULT_LIFETIME_MAX = Duration.ofDays(366);

    /** So long an expired result is told from one that never was. */
    private static final Duration EXPIRED_KEPT = Duration.ofDays(30);

    /** By how much the PVA's clock may be ahead of ours. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    /** Results changed in one transaction: others get their turn after some 100 ms. */
    private static final int BATCH = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(IvfRole.class);

    private final Database database;
    private final Index index = new Index();
    private final Certificate pva;
    private final Clock clock;
    private final int withdrawnMax;

    /** Whoever changes the database changes the memory after it, before anybody else changes either. */
    private final ReentrantLock turn = new ReentrantLock(true);

    /** @param pva whose results are taken */
    public IvfRole(RoleContext context, Certificate pva) {
        this(context, pva, WITHDRAWN_MAX);
    }

    /** @param withdrawnMax devices in one list of whose results are void */
    IvfRole(RoleContext context, Certificate pva, int withdrawnMax) {
        this.pva = pva;
        this.withdrawnMax = withdrawnMax;
        this.clock = context.clock();
        List<String> schema = new ArrayList<>(List.of(Results.SCHEMA, Results.SCHEMA_COMPONENT, Withdrawals.SCHEMA));
        schema.addAll(Permissions.SCHEMA);
        schema.addAll(Results.INDEXES);
        this.database = Database.open(context.directory().resolve("ivf.db"), schema.toArray(String[]::new));
        load();
    }

    private void load() {
        forgetExpired(RESULTS_MAX);
        Results.load(database, index);
        database.transact(connection -> Permissions.all(connection, now()))
                .forEach(permission -> index.permit(permission.device(), permission.operator(), permission.until()));
        // A kill between two batches left some unmarked.
        database.read(Withdrawals::all).forEach(this::mark);
        LOG.info("{} results", index.size());
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    @Override
    public void publish(Publication publication) throws Refused {
        AttestationResult result = verified(publication.result());
        check(publication, result);
        Place place = new Place(result.ueid(), result.policyId());
        Kept fresh = new Kept(
                publication.result(),
                result.issued().getEpochSecond(),
                result.expires().getEpochSecond(),
                result.bootCount(),
                result.storeGeneration(),
                result.firmware(),
                Set.copyOf(result.components()),
                false);
        turn.lock();
        try {
            Optional<Kept> before = index.find(place.device(), place.policy());
            if (before.isPresent() && !fresh.isNewerThan(before.get())) {
                return;
            }
            if (before.isEmpty() && index.size() >= RESULTS_MAX && forgetExpired(BATCH) == 0) {
                throw new Refused(ResultCode.QUOTA, "IVF: keeps " + index.size() + " results, and no more");
            }
            Rests rests = Rests.of(result);
            Opaque owner = publication.ownerProof().orElse(Opaque.of());
            Taken taken = database.transact(connection -> {
                boolean withdrawn = Withdrawals.holdFor(connection, place, fresh, rests, publication.components());
                Kept judged = withdrawn ? fresh.withdraw() : fresh;
                Results.put(connection, place, judged, rests, publication.components());
                return Permissions.own(connection, place.device(), owner)
                        ? new Taken(judged, Optional.of(Permissions.of(connection, place.device())))
                        : new Taken(judged, Optional.empty());
            });
            taken.owners().ifPresent(permitted -> {
                index.forbidAll(place.device());
                permitted.forEach(one -> index.permit(one.device(), one.operator(), one.until()));
            });
            index.put(place.device(), place.policy(), taken.kept());
        } finally {
            turn.unlock();
        }
    }

    /** A result as it was kept. @param owners permissions of its device, where it is news who the owner is */
    private record Taken(Kept kept, Optional<List<Permissions.Permission>> owners) {}

    private AttestationResult verified(Opaque result) throws Refused {
        if (result.length() > RESULT_SIZE_MAX) {
            throw new Refused(
                    ResultCode.EVIDENCE_INVALID, "result: " + result.length() + " bytes, at most " + RESULT_SIZE_MAX);
        }
        try {
            return AttestationResult.verify(result.bytes(), pva.publicKey());
        } catch (ForgedException forged) {
            throw new Refused(ResultCode.EVIDENCE_INVALID, "result: " + forged.getMessage());
        }
    }

    private static void check(Publication publication, AttestationResult result) throws Refused {
        List<String> names =
                publication.components().stream().map(MeasuredComponent::name).toList();
        Duration lifetime = Duration.between(result.issued(), result.expires());
        boolean same = names.size() == result.components().size()
                && new HashSet<>(names).equals(new HashSet<>(result.components()))
                && MeasuredComponent.firmware(publication.components()).equals(result.firmware());
        if (!same) {
            throw new Refused(ResultCode.MALFORMED, "publication: its components are not the result's");
        }
        if (lifetime.isNegative() || lifetime.compareTo(RESULT_LIFETIME_MAX) > 0) {
            throw new Refused(
                    ResultCode.MALFORMED, "result: valid for " + lifetime + ", at most " + RESULT_LIFETIME_MAX);
        }
    }

    /** @return how many */
    private int forgetExpired(int limit) {
        List<Place> old = database.transact(connection -> {
            List<Place> places = Results.expiredBefore(connection, now() - EXPIRED_KEPT.toSeconds(), limit);
            for (Place place : places) {
                Results.remove(connection, place);
            }
            Withdrawals.forget(connection, now() - RESULT_LIFETIME_MAX.toSeconds());
            return places;
        });
        old.forEach(place -> index.remove(place.device(), place.policy()));
        return old.size();
    }

    @Override
    public List<Ueid> withdraw(Withdrawal withdrawal, Optional<Ueid> after) throws Refused {
        Withdrawals.Key asked =
                Withdrawals.key(withdrawal, clock.instant().plus(SKEW).getEpochSecond());
        Withdrawals.Key key = database.transact(connection -> Withdrawals.add(connection, asked));
        int marked = mark(key);
        if (marked > 0) {
            LOG.info("{} {}: {} results are void", key.kind(), key.what(), marked);
        }
        return database.read(connection ->
                Withdrawals.devices(connection, key, after.map(Ueid::hex).orElse(""), withdrawnMax));
    }

    /** @return how many were not void before */
    private int mark(Withdrawals.Key key) {
        int marked = 0;
        List<Place> batch;
        do {
            turn.lock();
            try {
                batch = database.transact(connection -> Withdrawals.mark(connection, key, BATCH));
                batch.forEach(place -> index.withdraw(place.device(), place.policy()));
            } finally {
                turn.unlock();
            }
            marked += batch.size();
        } while (batch.size() == BATCH);
        return marked;
    }

    @Override
    public List<Answer> inquire(Inquiry inquiry) throws Refused {
        checkCount(inquiry.devices().size());
        long now = now();
        List<Answer> answers = new ArrayList<>(inquiry.devices().size());
        for (Asked asked : inquiry.devices()) {
            answers.add(index.answer(inquiry, asked, now));
        }
        return answers;
    }

    @Override
    public void permit(Permission permission) throws Refused {
        checkCount(permission.devices().size());
        long now = now();
        long until = now + Permissions.LIFETIME.toSeconds();
        String subscriber = permission.subscriber();
        turn.lock();
        try {
            database.<Refused>change(connection -> {
                for (Owned owned : permission.devices()) {
                    Opaque proof = OwnerSecret.proofOf(owned.token());
                    Permissions.claim(connection, new Permissions.Claim(owned.device(), subscriber, proof), now);
                    Permissions.add(
                            connection,
                            subscriber,
                            new Permissions.Permission(owned.device(), permission.operator(), until));
                }
            });
            permission.devices().forEach(owned -> index.permit(owned.device(), permission.operator(), until));
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void release(List<Ueid> devices) throws Refused {
        checkCount(devices.size());
        turn.lock();
        try {
            database.change(connection -> {
                for (Ueid device : devices) {
                    Permissions.release(connection, device);
                }
            });
            devices.forEach(index::forbidAll);
        } finally {
            turn.unlock();
        }
    }

    private static void checkCount(int devices) throws Refused {
        if (devices > DEVICES_MAX) {
            throw new Refused(ResultCode.TOO_LARGE, devices + " devices, at most " + DEVICES_MAX);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
