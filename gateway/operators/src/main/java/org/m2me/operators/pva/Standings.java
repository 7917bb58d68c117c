// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static java.util.stream.Collectors.toMap;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;

/**
 * Which of its results of a device the PVA stands by. An IVF knows that too; an operator need not believe the IVF, since
 * the PVA says it with its word on the device's authenticity.
 */
final class Standings {
    /** Of the newest result; all but the first two are absent for a device that never passed. */
    static final String SCHEMA = """
            create table standing(
              device text primary key,
              void_until integer,
              issued integer,
              firmware blob,
              reference_set text,
              components blob)""";

    private record Newest(Instant issued, Opaque firmware, String referenceSet, Opaque components) {}

    private record Standing(Optional<Instant> voidUntil, Optional<Newest> newest) {}

    private Standings() {}

    /**
     * A result was issued. The one before is void if it is about other firmware, for the device has that no more, or rests
     * on other reference values, which may have been withdrawn.
     */
    static void issued(Connection connection, AttestationResult result, List<MeasuredComponent> measured)
            throws SQLException {
        Optional<Standing> before = find(connection, result.ueid());
        Optional<Instant> changed = before.flatMap(Standing::newest)
                .filter(newest -> !newest.firmware().equals(result.firmware())
                        || !newest.referenceSet().equals(result.referenceSet()))
                .map(Newest::issued);
        CborMap.Builder components = CborMap.builder();
        Measured.put(components, 1, measured);
        Sql.update(
                connection,
                "insert into standing(device, void_until, issued, firmware, reference_set, components)"
                        + " values(?, ?, ?, ?, ?, ?) on conflict(device) do update set"
                        + " void_until = excluded.void_until, issued = excluded.issued,"
                        + " firmware = excluded.firmware, reference_set = excluded.reference_set,"
                        + " components = excluded.components",
                result.ueid(),
                later(before.flatMap(Standing::voidUntil), changed),
                result.issued(),
                result.firmware(),
                result.referenceSet(),
                components.build().encode());
    }

    /** Everything that was issued about a device until now is void. */
    static void end(Connection connection, Ueid device, Instant now) throws SQLException {
        Optional<Instant> before = find(connection, device).flatMap(Standing::voidUntil);
        Sql.update(
                connection,
                "insert into standing(device, void_until) values(?, ?)"
                        + " on conflict(device) do update set void_until = excluded.void_until",
                device,
                later(before, Optional.of(now)));
    }

    /** Whether something that voids results was found of a device at that time or later. */
    static boolean isEndedSince(Connection connection, Ueid device, Instant then) throws SQLException {
        return find(connection, device)
                .flatMap(Standing::voidUntil)
                .filter(until -> !until.isBefore(then.truncatedTo(ChronoUnit.MILLIS))) // as it is kept
                .isPresent();
    }

    /** Until when results about devices are void, of those of which some are. @param devices with what their suppliers do not vouch for */
    static Map<Ueid, Instant> voidUntil(Connection connection, Map<Ueid, KnownBads.Bads> devices) throws SQLException {
        Map<Ueid, Standing> standings = find(connection, devices.keySet());
        Map<Ueid, Instant> until = new HashMap<>();
        devices.forEach((device, bads) -> Optional.ofNullable(standings.get(device))
                .flatMap(standing -> voidUntil(standing, bads))
                .ifPresent(then -> until.put(device, then)));
        return until;
    }

    private static Optional<Instant> voidUntil(Standing standing, KnownBads.Bads bads) {
        if (bads.isEmpty()) {
            return standing.voidUntil();
        }
        Optional<Instant> bad =
                standing.newest().flatMap(newest -> bads.newest(newest.referenceSet(), measured(newest.components())));
        return later(standing.voidUntil(), bad);
    }

    private static List<MeasuredComponent> measured(Opaque components) {
        try {
            return Measured.get(CborMap.decode(components.bytes()), 1);
        } catch (CborException damaged) {
            throw new IllegalStateException("components of a standing", damaged);
        }
    }

    private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
        return Stream.concat(one.stream(), other.stream()).max(Instant::compareTo);
    }

    private static Optional<Standing> find(Connection connection, Ueid device) throws SQLException {
        return Optional.ofNullable(find(connection, List.of(device)).get(device));
    }

    private static Map<Ueid, Standing> find(Connection connection, Collection<Ueid> devices) throws SQLException {
        return Sql.all(
                        connection,
                        "select void_until, issued, firmware, reference_set, components, device from standing"
                                + " where device in (" + Sql.places(devices.size()) + ")",
                        row -> Map.entry(Ueid.hex(row.getString(6)), read(row)),
                        devices.toArray())
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Standing read(ResultSet row) throws SQLException {
        long until = row.getLong(1);
        Optional<Instant> voidUntil = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(until));
        long issued = row.getLong(2);
        Optional<Newest> newest = row.wasNull()
                ? Optional.empty()
                : Optional.of(new Newest(
                        Instant.ofEpochMilli(issued),
                        Opaque.of(row.getBytes(3)),
                        row.getString(4),
                        Opaque.of(row.getBytes(5))));
        return new Standing(voidUntil, newest);
    }
}
