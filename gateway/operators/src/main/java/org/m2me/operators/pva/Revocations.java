// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.m2me.operators.Ivf;
import org.m2me.operators.Peers;
import org.m2me.operators.Pva;
import org.m2me.operators.Unavailable;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.store.Outbox.FollowUp;
import org.m2me.operators.wiring.BoundedCalls;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;

/**
 * What is owed to the IVF when something is not to be relied on any more. It is owed in the transaction that found it, and
 * whoever found it answers only when the IVF knows, or does not answer for a moment: so the next inquiry comes after it.
 */
final class Revocations implements AutoCloseable {
    /** In the outbox. */
    static final String TO_IVF = "withdraw";

    /** A device repeats its message after 2 s; an IVF that is there answers in milliseconds. */
    static final Duration IVF_WAIT = Duration.ofSeconds(2);

    private static final int TEXT_MAX = 128;
    private static final int DIGEST_LENGTH = 32;
    private static final int WITHDRAWALS_MAX = Pva.APPLICANTS_MAX; // each may be found revoked at once

    /** Results that are issued while this is told count as issued before it: whatever they rest on was read before. */
    private static final Instant WHEN_TOLD = Instant.EPOCH;

    private final Peers peers;
    private final Clock clock;
    private final Duration wait;
    private final Map<String, CompletableFuture<List<Ueid>>> waiting = new ConcurrentHashMap<>();
    private final BoundedCalls questions = new BoundedCalls("withdrawn");

    /** @param wait until the IVF knows */
    Revocations(Peers peers, Clock clock, Duration wait) {
        this.peers = peers;
        this.clock = clock;
        this.wait = wait;
    }

    /** The results of a device until a time. */
    static Ivf.Withdrawal ofDevice(Ueid device, Instant until) {
        return new Ivf.Withdrawal(
                until,
                Optional.empty(),
                Optional.of(device),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Ivf.Withdrawal ofCredential(Opaque thumbprint, Instant until) {
        return new Ivf.Withdrawal(
                until,
                Optional.empty(),
                Optional.empty(),
                Optional.of(thumbprint),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Of a credential that was found revoked; told once, until it is good again. */
    List<Ivf.Withdrawal> ofRevoked(Connection connection, Opaque thumbprint) throws SQLException {
        return KnownBads.revoked(connection, thumbprint)
                ? List.of(ofCredential(thumbprint, clock.instant()))
                : List.of();
    }

    /** What a supplier says is bad, for its own devices. */
    static Ivf.Withdrawal ofSupplier(String supplier, Pva.KnownBad bad) {
        return ofSupplier(supplier, bad, WHEN_TOLD);
    }

    /** The same, of results that were issued until then. */
    static Ivf.Withdrawal ofSupplier(String supplier, Pva.KnownBad bad, Instant until) {
        return new Ivf.Withdrawal(
                until,
                Optional.of(supplier),
                Optional.empty(),
                Optional.empty(),
                bad.referenceSet(),
                bad.digest(),
                bad.component());
    }

    /** What a transaction came to, and which results are void by it. */
    record Found<T>(T value, List<Ivf.Withdrawal> withdrawals) {}

    /** What a transaction came to. @param devices whose results are void by the first, if the IVF answered in time */
    record Told<T>(T value, Optional<List<Ueid>> devices) {}

    /**
     * Runs a transaction that may find withdrawals, and waits until the IVF knows them.
     *
     * @param key names the debt in the outbox
     */
    <T, X extends Exception> Told<T> tell(Database database, Outbox outbox, String key, Database.Work<Found<T>, X> work)
            throws X {
        CompletableFuture<List<Ueid>> told = waiting.computeIfAbsent(key, unused -> new CompletableFuture<>());
        try {
            Found<T> found = database.transact((Database.Work<Found<T>, X>) connection -> {
                Found<T> result = work.run(connection);
                if (!result.withdrawals().isEmpty()) {
                    outbox.add(connection, TO_IVF, key, encode(result.withdrawals()));
                }
                return result;
            });
            return new Told<>(found.value(), found.withdrawals().isEmpty() ? Optional.empty() : await(told));
        } finally {
            waiting.remove(key, told);
        }
    }

    private Optional<List<Ueid>> await(CompletableFuture<List<Ueid>> told) {
        try {
            return Optional.of(told.get(wait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException silent) {
            return Optional.empty();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /**
     * More devices whose results are void by what the IVF was told; nothing is owed.
     *
     * @param withdrawal until when it was found, or earlier: the IVF remembers until when it was told
     * @return if the IVF answered in time
     */
    Optional<List<Ueid>> more(Ivf.Withdrawal withdrawal, Ueid after) throws Refused {
        try {
            return Optional.of(questions.within(wait, () -> peers.ivf().withdraw(withdrawal, Optional.of(after))));
        } catch (Unavailable silent) {
            return Optional.empty();
        } catch (Refused refused) {
            if (Outbox.isFinal(refused)) {
                throw refused;
            }
            return Optional.empty();
        }
    }

    /** Tells the IVF what is owed under a key. */
    FollowUp handle(String key, byte[] body) throws Exception {
        Optional<List<Ueid>> first = Optional.empty();
        for (CborMap map : CborMap.decode(body).maps(1, WITHDRAWALS_MAX)) {
            List<Ueid> voided = peers.ivf().withdraw(decode(map), Optional.empty());
            first = first.or(() -> Optional.of(voided));
        }
        List<Ueid> devices = first.orElseThrow();
        // With the debt gone, so that whoever is answered and asks again owes it anew.
        return connection -> {
            CompletableFuture<List<Ueid>> told = waiting.get(key);
            if (told != null) {
                told.complete(devices);
            }
        };
    }

    private static byte[] encode(List<Ivf.Withdrawal> withdrawals) {
        return CborMap.builder()
                .putMaps(1, withdrawals.stream().map(Revocations::encode).toList())
                .build()
                .encode();
    }

    private static CborMap encode(Ivf.Withdrawal withdrawal) {
        CborMap.Builder map = CborMap.builder().put(1, withdrawal.until().getEpochSecond());
        withdrawal.supplier().ifPresent(name -> map.put(2, name));
        withdrawal.device().ifPresent(device -> map.put(3, device.value().bytes()));
        withdrawal.credential().ifPresent(thumbprint -> map.put(4, thumbprint.bytes()));
        withdrawal.referenceSet().ifPresent(set -> map.put(5, set));
        withdrawal.digest().ifPresent(digest -> map.put(6, digest.bytes()));
        withdrawal
                .component()
                .ifPresent(component -> map.put(7, component.name()).put(8, component.version()));
        return map.build();
    }

    private Ivf.Withdrawal decode(CborMap map) throws CborException {
        Instant until = Instant.ofEpochSecond(map.integer(1));
        return new Ivf.Withdrawal(
                until.equals(WHEN_TOLD) ? clock.instant() : until,
                map.has(2) ? Optional.of(map.text(2, TEXT_MAX)) : Optional.empty(),
                map.has(3)
                        ? Optional.of(new Ueid(Opaque.of(map.bytes(3, Ueid.LENGTH, Ueid.LENGTH))))
                        : Optional.empty(),
                digest(map, 4),
                map.has(5) ? Optional.of(map.text(5, TEXT_MAX)) : Optional.empty(),
                digest(map, 6),
                map.has(7)
                        ? Optional.of(new Ivf.NamedVersion(map.text(7, TEXT_MAX), map.text(8, TEXT_MAX)))
                        : Optional.empty());
    }

    private static Optional<Opaque> digest(CborMap map, long key) throws CborException {
        return map.has(key) ? Optional.of(Opaque.of(map.bytes(key, DIGEST_LENGTH, DIGEST_LENGTH))) : Optional.empty();
    }

    @Override
    public void close() {
        questions.close();
    }
}
