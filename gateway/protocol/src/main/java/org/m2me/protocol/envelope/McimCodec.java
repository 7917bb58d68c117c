// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.envelope;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;

/** A MCIM as CBOR; see {@code mcim.cddl}. Every array that K or OPc passed through is overwritten. */
final class McimCodec {
    private static final long REGISTRATION = 1;
    private static final long DEVICE = 2;
    private static final long OPERATOR = 3;
    private static final long SERIAL = 4;
    private static final long IMSI = 5;
    private static final long ICCID = 6;
    private static final long APN = 7;
    private static final long OWNER_TOKEN = 8;
    private static final long ALGORITHM = 9;
    private static final long K = 10;
    private static final long OPC = 11;
    private static final long SQN = 12;
    private static final long CONSTANTS = 13;
    private static final long SEQ = 14;
    private static final long EXPIRES = 15;
    private static final Set<Long> KEYS = Set.of(
            REGISTRATION,
            DEVICE,
            OPERATOR,
            SERIAL,
            IMSI,
            ICCID,
            APN,
            OWNER_TOKEN,
            ALGORITHM,
            K,
            OPC,
            SQN,
            CONSTANTS,
            SEQ,
            EXPIRES);

    private static final int PLACES_MAX = 1 << 8; // IND of 8 bits

    private static final HexFormat HEX = HexFormat.of();

    private McimCodec() {}

    static SecretBytes encode(Mcim mcim) {
        CborMap.Builder builder = CborMap.builder()
                .put(REGISTRATION, mcim.registration().bytes())
                .put(DEVICE, mcim.device().value().bytes())
                .put(OPERATOR, mcim.operator().bytes())
                .put(SERIAL, mcim.serial())
                .put(IMSI, packed(mcim.imsi().digits()))
                .put(ICCID, packed(mcim.iccid()))
                .put(APN, mcim.apn())
                .put(OWNER_TOKEN, mcim.ownerToken().bytes())
                .put(ALGORITHM, mcim.key().algorithm().number());
        if (!mcim.key().constants().equals(AkaConstants.STANDARD)) {
            builder.put(CONSTANTS, mcim.key().constants().bytes().bytes());
        }
        SqnParameters sqn = mcim.sqn().parameters();
        if (!sqn.equals(SqnParameters.DEFAULT)) {
            builder.putIntegers(SQN, List.of((long) sqn.indBits(), sqn.delta(), sqn.ageLimit()));
        }
        if (!mcim.sqn().isFresh()) {
            builder.putIntegers(SEQ, seq(mcim.sqn()));
        }
        mcim.expires().ifPresent(end -> builder.put(EXPIRES, end.getEpochSecond()));
        CborMap map = mcim.key()
                .k()
                .use(k -> mcim.key()
                        .opc()
                        .use(opc -> builder.put(K, k).put(OPC, opc).build()));
        try {
            return SecretBytes.takeFrom(map.encode());
        } finally {
            map.wipe();
        }
    }

    static Mcim decode(SecretBytes cbor) throws CborException {
        byte[] raw = cbor.use(byte[]::clone);
        try {
            CborMap map = CborMap.decode(raw);
            try {
                map.checkOnly(KEYS);
                return read(map);
            } finally {
                map.wipe();
            }
        } finally {
            Arrays.fill(raw, (byte) 0);
        }
    }

    /** Whether all that this device lacks is the algorithm: such a MCIM is not damaged. */
    static boolean namesUnknownAlgorithm(SecretBytes cbor) {
        byte[] raw = cbor.use(byte[]::clone);
        try {
            CborMap map = CborMap.decode(raw);
            long number = map.integer(ALGORITHM);
            map.wipe();
            return Arrays.stream(AkaAlgorithm.values()).noneMatch(known -> known.number() == number);
        } catch (CborException malformed) {
            return false;
        } finally {
            Arrays.fill(raw, (byte) 0);
        }
    }

    private static Mcim read(CborMap map) throws CborException {
        AkaKey key = key(map);
        try {
            return new Mcim(
                    new Ueid(Opaque.of(map.bytes(DEVICE, Ueid.LENGTH, Ueid.LENGTH))),
                    Plmn.ofBytes(map.bytes(OPERATOR, Plmn.LENGTH, Plmn.LENGTH)),
                    new Nonce(Opaque.of(map.bytes(REGISTRATION, Nonce.LENGTH, Nonce.LENGTH))),
                    map.integer(SERIAL, 0, Long.MAX_VALUE),
                    new Imsi(unpacked(map.bytes(IMSI, 7, 8))),
                    unpacked(map.bytes(ICCID, 10, 10)),
                    key,
                    sqn(map),
                    map.text(APN, Mcim.APN_LENGTH_MAX),
                    Opaque.of(map.bytes(OWNER_TOKEN, Mcim.OWNER_TOKEN_LENGTH, Mcim.OWNER_TOKEN_LENGTH)),
                    expires(map));
        } catch (IllegalArgumentException outOfRange) {
            key.close();
            throw new CborException("MCIM: " + outOfRange.getMessage());
        } catch (CborException malformed) {
            key.close();
            throw malformed;
        }
    }

    private static Optional<Instant> expires(CborMap map) throws CborException {
        return map.has(EXPIRES)
                ? Optional.of(Instant.ofEpochSecond(map.integer(EXPIRES, 0, Mcim.EXPIRES_MAX.getEpochSecond())))
                : Optional.empty();
    }

    private static AkaKey key(CborMap map) throws CborException {
        byte[] k = map.bytes(K, 16, 32);
        try {
            byte[] opc = map.bytes(OPC, 16, 32);
            try {
                AkaAlgorithm algorithm = AkaAlgorithm.of(map.integer(ALGORITHM));
                AkaConstants constants = map.has(CONSTANTS)
                        ? new AkaConstants(Opaque.of(map.bytes(CONSTANTS, 1, AkaConstants.LENGTH_MAX)))
                        : AkaConstants.STANDARD;
                return new AkaKey(algorithm, SecretBytes.takeFrom(k), SecretBytes.takeFrom(opc), constants);
            } finally {
                Arrays.fill(opc, (byte) 0);
            }
        } catch (IllegalArgumentException mismatch) {
            throw new CborException("MCIM: " + mismatch.getMessage());
        } finally {
            Arrays.fill(k, (byte) 0);
        }
    }

    private static SqnArray sqn(CborMap map) throws CborException {
        SqnParameters parameters = parameters(map);
        if (!map.has(SEQ)) {
            return SqnArray.fresh(parameters);
        }
        List<Long> written = map.integers(SEQ, PLACES_MAX);
        int places = 1 << parameters.indBits();
        long[] values = written.stream().mapToLong(Long::longValue).toArray();
        SqnArray sqn = SqnArray.of(
                parameters,
                values.length == 1
                        ? LongStream.generate(() -> values[0]).limit(places).toArray()
                        : values);
        if (sqn.isFresh() || !seq(sqn).equals(written)) {
            throw new CborException(SEQ + ": has a shorter form");
        }
        return sqn;
    }

    /** One number where all places begin with the same, else one for each. */
    private static List<Long> seq(SqnArray sqn) {
        List<Long> all = Arrays.stream(sqn.values()).boxed().toList();
        return all.stream().distinct().count() == 1 ? all.subList(0, 1) : all;
    }

    private static SqnParameters parameters(CborMap map) throws CborException {
        if (!map.has(SQN)) {
            return SqnParameters.DEFAULT;
        }
        List<CborValue> values = map.array(SQN, 3);
        if (values.size() != 3) {
            throw new CborException(SQN + ": " + values.size() + " integers, wants 3");
        }
        int indBits = (int) values.get(0).integer(0, Integer.MAX_VALUE);
        return new SqnParameters(indBits, values.get(1).integer(), values.get(2).integer());
    }

    /** Two digits a byte; an odd one is followed by f, as a SIM has it. */
    private static byte[] packed(String digits) {
        return HEX.parseHex(digits.length() % 2 == 0 ? digits : digits + "f");
    }

    private static String unpacked(byte[] bytes) {
        String digits = HEX.formatHex(bytes);
        return digits.endsWith("f") ? digits.substring(0, digits.length() - 1) : digits;
    }
}
