// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.sho.profile.CsvField.Column;
import org.m2me.operators.sho.profile.CsvField.Slice;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaConstants;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.identity.Imsi;

/**
 * Subscriptions as comma separated values: the first line names the columns, each next one is a subscription. Lines that
 * are empty or begin with # are passed over. See the module's README for the columns.
 */
public final class ProfileCsv {
    /** So many lines of the longest kind. */
    public static final int SIZE_MAX = 4 << 20;

    /** They are one transaction, for which a running SHO waits: about a second. A larger file is to be split. */
    public static final int LINES_MAX = 10_000;

    private static final Set<Column> REQUIRED =
            Set.of(Column.IMSI, Column.ICCID, Column.ALGORITHM, Column.K, Column.OPC);
    private static final Pattern ICCID = Pattern.compile("\\d{19,20}");
    private static final int XOR_RES = 16;
    private static final int TUAK_RES = 8;

    private final byte[] file;
    private final Algorithms algorithms;
    private final List<Column> columns;
    private final int body;
    private final int bodyLine;

    private ProfileCsv(byte[] file, Algorithms algorithms, Header header) {
        this.file = file;
        this.algorithms = algorithms;
        this.columns = header.columns();
        this.body = header.end();
        this.bodyLine = header.lines();
    }

    private record Header(List<Column> columns, int end, int lines) {}

    /** What becomes of each line. */
    public interface Sink<E extends Exception> {
        /** A line that is well formed; the subscription is closed afterwards. @throws ProfileRefused if it is not taken */
        void accept(Subscription subscription) throws ProfileRefused, E;

        /** A line that is not taken. */
        void refuse(int line, Finding finding);
    }

    /** Reads the columns; the caller keeps, and wipes, the array. */
    public static ProfileCsv of(byte[] file, Algorithms algorithms) throws ProfileRefused {
        if (file.length > SIZE_MAX) {
            throw new ProfileRefused("file", file.length + " bytes, at most " + SIZE_MAX, "split it");
        }
        int lines = 0;
        for (byte character : file) {
            lines += character == '\n' ? 1 : 0;
        }
        if (lines > LINES_MAX) {
            throw new ProfileRefused("file", lines + " lines, at most " + LINES_MAX, "split it");
        }
        return new ProfileCsv(file, algorithms, header(file));
    }

    private static Header header(byte[] file) throws ProfileRefused {
        int line = 0;
        int from = 0;
        while (from < file.length) {
            int to = end(file, from);
            line++;
            Slice text = new Slice(file, from, to).trimmed();
            from = to + 1;
            if (isContent(text)) {
                return new Header(columns(text), from, line);
            }
        }
        throw new ProfileRefused("file", "is empty", "name the columns in the first line: imsi,iccid,algorithm,k,opc");
    }

    private static List<Column> columns(Slice line) throws ProfileRefused {
        List<Column> columns = new ArrayList<>();
        for (Slice name : split(line)) {
            Column column = Arrays.stream(Column.values())
                    .filter(one -> one.text().equals(name.text().toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> columns("a column is called otherwise than "
                            + Arrays.stream(Column.values()).map(Column::text).toList()));
            if (columns.contains(column)) {
                throw columns(column.text() + " is there twice");
            }
            columns.add(column);
        }
        for (Column column : REQUIRED) {
            if (!columns.contains(column)) {
                throw columns("there is no " + column.text());
            }
        }
        return columns;
    }

    private static ProfileRefused columns(String why) {
        return new ProfileRefused(
                "first line", why, "name the columns: imsi,iccid,algorithm,k,opc and, if needed, others");
    }

    /** Reads all lines. */
    public <E extends Exception> void read(Sink<E> sink) throws E {
        int line = bodyLine;
        int from = body;
        while (from < file.length) {
            int to = end(file, from);
            line++;
            Slice text = new Slice(file, from, to).trimmed();
            from = to + 1;
            if (isContent(text)) {
                try (Subscription subscription = subscription(text)) {
                    sink.accept(subscription);
                } catch (ProfileRefused refused) {
                    sink.refuse(line, refused.finding());
                }
            }
        }
    }

    private static boolean isContent(Slice text) {
        return text.length() > 0 && text.bytes()[text.from()] != '#';
    }

    private static int end(byte[] file, int from) {
        int at = from;
        while (at < file.length && file[at] != '\n') {
            at++;
        }
        return at;
    }

    private static List<Slice> split(Slice line) {
        List<Slice> parts = new ArrayList<>();
        int from = line.from();
        for (int at = line.from(); at <= line.to(); at++) {
            if (at == line.to() || line.bytes()[at] == ',') {
                parts.add(new Slice(line.bytes(), from, at).trimmed());
                from = at + 1;
            }
        }
        return parts;
    }

    private Subscription subscription(Slice line) throws ProfileRefused {
        List<Slice> parts = split(line);
        if (parts.size() != columns.size()) {
            throw new ProfileRefused(
                    "line", parts.size() + " fields, the first line has " + columns.size(), "correct the line");
        }
        Map<Column, CsvField> fields = new EnumMap<>(Column.class);
        for (int i = 0; i < parts.size(); i++) {
            CsvField field = new CsvField(columns.get(i), parts.get(i));
            if (!field.isEmpty()) {
                fields.put(columns.get(i), field);
            }
        }
        for (Column column : REQUIRED) {
            if (!fields.containsKey(column)) {
                throw new ProfileRefused(column.text(), "is empty", "correct the line");
            }
        }
        return new Line(fields).subscription(algorithms);
    }

    /** The fields of one line that are not empty. */
    private record Line(Map<Column, CsvField> fields) {
        Subscription subscription(Algorithms algorithms) throws ProfileRefused {
            Imsi imsi = imsi();
            CsvField iccid = field(Column.ICCID);
            if (!ICCID.matcher(iccid.text()).matches()) {
                throw iccid.wrong("wants 19 or 20 digits");
            }
            SqnArray sqn = sqn();
            AkaAlgorithm algorithm = algorithm(algorithms);
            AkaConstants constants = constants(algorithm);
            byte[] k = field(Column.K).hex();
            try {
                AkaKey key = Algorithms.key(
                        new Algorithms.Parts(algorithm, k, field(Column.OPC).hex(), constants));
                return new Subscription(imsi, iccid.text(), key, sqn);
            } finally {
                Arrays.fill(k, (byte) 0);
            }
        }

        private Imsi imsi() throws ProfileRefused {
            try {
                return new Imsi(field(Column.IMSI).text());
            } catch (IllegalArgumentException notOne) {
                throw field(Column.IMSI).wrong("wants 14 or 15 digits");
            }
        }

        private AkaAlgorithm algorithm(Algorithms algorithms) throws ProfileRefused {
            CsvField field = field(Column.ALGORITHM);
            return switch (field.text().toLowerCase(Locale.ROOT)) {
                case "milenage" -> AkaAlgorithm.MILENAGE;
                case "tuak" -> AkaAlgorithm.TUAK;
                case "xor" -> algorithms.taken(AkaAlgorithm.XOR, field.column().text(), "xor");
                default -> throw field.wrong("is not run here; milenage and tuak are");
            };
        }

        private AkaConstants constants(AkaAlgorithm algorithm) throws ProfileRefused {
            for (Column column : Set.of(Column.R, Column.C, Column.RES, Column.ITERATIONS)) {
                if (fields.containsKey(column) && !appliesTo(column, algorithm)) {
                    throw field(column).wrong("does not apply to " + algorithm);
                }
            }
            try {
                return switch (algorithm) {
                    case MILENAGE ->
                        AkaConstants.milenage(
                                hex(Column.R, AkaConstants.standardRotations()),
                                hex(Column.C, AkaConstants.standardXors()));
                    case TUAK -> AkaConstants.tuak(small(Column.RES, TUAK_RES), small(Column.ITERATIONS, 1));
                    case XOR -> AkaConstants.xor(small(Column.RES, XOR_RES));
                };
            } catch (IllegalArgumentException outOfRange) {
                throw new ProfileRefused(
                        "constants of the algorithm", String.valueOf(outOfRange.getMessage()), "correct the line");
            }
        }

        private static boolean appliesTo(Column column, AkaAlgorithm algorithm) {
            return switch (algorithm) {
                case MILENAGE -> column == Column.R || column == Column.C;
                case TUAK -> column == Column.RES || column == Column.ITERATIONS;
                case XOR -> column == Column.RES;
            };
        }

        private SqnArray sqn() throws ProfileRefused {
            SqnParameters usual = SqnParameters.DEFAULT;
            try {
                SqnParameters parameters = new SqnParameters(
                        small(Column.IND_BITS, usual.indBits()),
                        number(Column.DELTA, usual.delta()),
                        number(Column.AGE_LIMIT, usual.ageLimit()));
                long[] begin = new long[1 << parameters.indBits()];
                Arrays.fill(begin, number(Column.SEQ, 0));
                return AkaElement.begun(parameters, begin);
            } catch (IllegalArgumentException outOfRange) {
                throw new ProfileRefused(
                        "ind_bits, delta, age_limit", String.valueOf(outOfRange.getMessage()), "correct the line");
            }
        }

        private CsvField field(Column column) {
            return Optional.ofNullable(fields.get(column)).orElseThrow();
        }

        private byte[] hex(Column column, byte[] absent) throws ProfileRefused {
            @Nullable CsvField field = fields.get(column);
            return field == null ? absent : field.hex();
        }

        private long number(Column column, long absent) throws ProfileRefused {
            @Nullable CsvField field = fields.get(column);
            return field == null ? absent : field.number();
        }

        private int small(Column column, int absent) throws ProfileRefused {
            return (int) Math.min(number(column, absent), Integer.MAX_VALUE);
        }
    }
}
