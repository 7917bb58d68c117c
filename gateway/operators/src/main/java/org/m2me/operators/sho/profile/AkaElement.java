// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;

/** PE-AKAParameter: the algorithm with its constants, K, OPc, and how sequence numbers are kept. */
final class AkaElement {
    private static final int CONFIGURATION = 1;
    private static final int SQN_OPTIONS = 2;
    private static final int SQN_DELTA = 3;
    private static final int SQN_AGE_LIMIT = 4;
    private static final int SQN_INIT = 5;

    private static final int ALGO_PARAMETER = 1;
    private static final int ALGORITHM = 0;
    private static final int OPTIONS = 1;
    private static final int KEY = 2;
    private static final int OPC = 3;
    private static final int ROTATIONS = 4;
    private static final int XORS = 5;
    private static final int COUNTER_MAX = 6;
    private static final int ITERATIONS = 7;

    /** IND of 5 bits: the package has 32 places, and knows no other number. */
    private static final int IND_BITS = 5;

    private static final int SEQ_LENGTH = 6;
    private static final BigInteger SEQ_MAX = BigInteger.TWO.pow(48 - IND_BITS).subtract(BigInteger.ONE);
    /** By the subscription's own rule the network may skip so many at once; fewer would be used up at a blow. */
    private static final long SEQ_LEFT_MIN = SqnParameters.DEFAULT.delta();

    private static final int DELTA_CHECKED = 0x02;
    private static final int RES_32 = 4; // algorithmOptions 0; each next one doubles it
    private static final int RES_CODE_MAX = 2; // 16 bytes; the next would be more than 3GPP's messages carry
    private static final String ANEW = "have the profile made again with a value from this text";

    private final Map<Integer, Tlv> fields;
    private final Map<Integer, Tlv> parameters;

    private AkaElement(Map<Integer, Tlv> fields, Map<Integer, Tlv> parameters) {
        this.fields = fields;
        this.parameters = parameters;
    }

    static AkaElement of(Tlv element) throws ProfileRefused {
        Map<Integer, Tlv> fields = element.fields();
        Tlv choice = required(fields, CONFIGURATION, "algoConfiguration").values().stream()
                .findFirst()
                .orElseThrow(() -> missing("algoConfiguration"));
        if (choice.number() != ALGO_PARAMETER) {
            throw new ProfileRefused(
                    "mappingParameter",
                    "the USIM's key is another application's",
                    "have the profile made with the USIM's own algoParameter");
        }
        Map<Integer, Tlv> parameters = choice.fields();
        for (int number : parameters.keySet()) {
            if (number > ITERATIONS) {
                throw new ProfileRefused(
                        "algoParameter [" + number + "]", "is not known here, and may change the algorithm", ANEW);
            }
        }
        return new AkaElement(fields, parameters);
    }

    /** What was read, and is not used. */
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        if (parameters.containsKey(COUNTER_MAX)) {
            findings.add(new Finding(
                    "authCounterMax",
                    "a MCIM does not count authentications",
                    "limit them at the authentication centre if the operator relies on it"));
        }
        return findings;
    }

    AkaKey key(Algorithms algorithms) throws ProfileRefused {
        AkaAlgorithm algorithm = algorithm(algorithms);
        return Algorithms.key(new Algorithms.Parts(
                algorithm,
                required(parameters, KEY, "key").bytes(),
                required(parameters, OPC, "opc").bytes(),
                constants(algorithm)));
    }

    private AkaAlgorithm algorithm(Algorithms algorithms) throws ProfileRefused {
        int number = required(parameters, ALGORITHM, "algorithmID").integer();
        return switch (number) {
            case 1 -> AkaAlgorithm.MILENAGE;
            case 2 -> AkaAlgorithm.TUAK;
            case 3 -> algorithms.taken(AkaAlgorithm.XOR, "algorithmID", "usim-test-algorithm");
            default ->
                throw new ProfileRefused(
                        "algorithmID",
                        number + " is not run here",
                        "have the profile made with Milenage (1) or TUAK (2)");
        };
    }

    private AkaConstants constants(AkaAlgorithm algorithm) throws ProfileRefused {
        int options = octet(required(parameters, OPTIONS, "algorithmOptions"), "algorithmOptions");
        try {
            return switch (algorithm) {
                case MILENAGE -> {
                    // RES is OUT2's last 64 bits and of no other length: not stated, or stated as that.
                    if (options > 1) {
                        throw options("Milenage has RES of 64 bits: wants 00 or 01");
                    }
                    yield AkaConstants.milenage(
                            bytes(ROTATIONS, AkaConstants.standardRotations()),
                            bytes(XORS, AkaConstants.standardXors()));
                }
                case TUAK ->
                    AkaConstants.tuak(
                            res(options),
                            parameters.containsKey(ITERATIONS)
                                    ? parameters.get(ITERATIONS).integer()
                                    : 1);
                case XOR -> AkaConstants.xor(res(options));
            };
        } catch (IllegalArgumentException outOfRange) {
            throw new ProfileRefused("algoParameter", String.valueOf(outOfRange.getMessage()), ANEW);
        }
    }

    private byte[] bytes(int number, byte[] absent) {
        Tlv field = parameters.get(number);
        return field == null ? absent : field.bytes();
    }

    private static int res(int options) throws ProfileRefused {
        if (options > RES_CODE_MAX) {
            throw options("wants 00, 01 or 02 for RES of 32, 64 or 128 bits, with MAC of 64 and keys of 128");
        }
        return RES_32 << options;
    }

    private static ProfileRefused options(String why) {
        return new ProfileRefused("algorithmOptions", why, ANEW);
    }

    /** How sequence numbers are kept; a package says that none of it applies to the test algorithm. */
    SqnArray sqn(AkaAlgorithm algorithm) throws ProfileRefused {
        if (algorithm.isForTests()) {
            return SqnArray.fresh(SqnParameters.DEFAULT);
        }
        int options = fields.containsKey(SQN_OPTIONS) ? octet(fields.get(SQN_OPTIONS), "sqnOptions") : DELTA_CHECKED;
        if ((options & ~DELTA_CHECKED) != 0) {
            throw new ProfileRefused(
                    "sqnOptions",
                    "wants 02, a largest jump by sqnDelta, or 00, none; other checks are not read from a package",
                    "have the profile made so, or import by CSV, where delta and age_limit are columns");
        }
        BigInteger delta = fields.containsKey(SQN_DELTA)
                ? seq(fields.get(SQN_DELTA), "sqnDelta")
                : BigInteger.valueOf(SqnParameters.DEFAULT.delta());
        if (fields.containsKey(SQN_AGE_LIMIT)) {
            seq(fields.get(SQN_AGE_LIMIT), "sqnAgeLimit"); // no option that is taken switches it on
        }
        try {
            long checked = options == DELTA_CHECKED ? delta.longValueExact() : SEQ_MAX.longValueExact();
            return begun(new SqnParameters(IND_BITS, checked, 0), init());
        } catch (IllegalArgumentException outOfRange) {
            throw new ProfileRefused("sqnDelta", String.valueOf(outOfRange.getMessage()), ANEW);
        }
    }

    /** An array that begins with these values, if that leaves enough of them. */
    static SqnArray begun(SqnParameters parameters, long[] values) throws ProfileRefused {
        long left = (1L << (48 - parameters.indBits()))
                - Arrays.stream(values).max().orElse(0);
        if (left < SEQ_LEFT_MIN) {
            throw new ProfileRefused(
                    "sqnInit",
                    "leaves fewer than " + SEQ_LEFT_MIN + " sequence numbers",
                    "have the profile made again with a new K and lower numbers");
        }
        return SqnArray.of(parameters, values);
    }

    private long[] init() throws ProfileRefused {
        long[] values = new long[1 << IND_BITS];
        Optional<Tlv> list = Optional.ofNullable(fields.get(SQN_INIT));
        if (list.isPresent()) {
            List<Tlv> written = list.get().values();
            if (written.size() != values.length) {
                throw new ProfileRefused("sqnInit", written.size() + " numbers, wants " + values.length, ANEW);
            }
            for (int i = 0; i < values.length; i++) {
                values[i] = seq(written.get(i), "sqnInit").longValueExact();
            }
        }
        return values;
    }

    private static BigInteger seq(Tlv field, String name) throws ProfileRefused {
        BigInteger value = new BigInteger(1, field.bytes());
        if (field.length() != SEQ_LENGTH || value.compareTo(SEQ_MAX) > 0) {
            throw new ProfileRefused(name, "wants 6 bytes, at most 07ffffffffff", ANEW);
        }
        return value;
    }

    private static int octet(Tlv field, String name) throws ProfileRefused {
        if (field.length() != 1) {
            throw new ProfileRefused(name, field.length() + " bytes, wants 1", ANEW);
        }
        return Byte.toUnsignedInt(field.bytes()[0]);
    }

    private static Tlv required(Map<Integer, Tlv> fields, int number, String name) throws ProfileRefused {
        @Nullable Tlv field = fields.get(number);
        if (field == null) {
            throw missing(name);
        }
        return field;
    }

    private static ProfileRefused missing(String name) {
        return new ProfileRefused(name, "is not there", "have the profile made again");
    }
}
