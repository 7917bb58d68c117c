// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.m2me.operators.Country;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Entry;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.Regulator.Rule;
import org.m2me.operators.Regulator.What;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/**
 * An entry as text: what is kept, and what its hash is made of. One line for each field, in the order below, nothing
 * after the last; an absent field is an empty line. No field can hold an end of line.
 */
final class ChainText {
    /** Before the first entry. */
    static final Opaque ORIGIN = Opaque.of(new byte[32]);

    private static final int LINES = 15;

    private ChainText() {}

    static String of(long number, Instant received, String by, Entry entry) {
        Optional<Rule> rule = entry.rule();
        List<Optional<?>> lines = List.of(
                Optional.of(number),
                Optional.of(received),
                Optional.of(by),
                Optional.of(entry.id()),
                Optional.of(entry.what()),
                entry.device(),
                entry.registration(),
                entry.procedure(),
                entry.operator(),
                Optional.of(entry.code()),
                Optional.of(entry.at()),
                rule.map(Rule::name),
                rule.map(Rule::effect),
                rule.flatMap(Rule::operator),
                rule.flatMap(Rule::country));
        return String.join(
                "\n",
                lines.stream()
                        .map(line -> line.map(Object::toString).orElse(""))
                        .toList());
    }

    /** SHA-256 of the hash before and the text. */
    static Opaque hash(Opaque before, String text) {
        return Opaque.of(Hashes.sha256(before.bytes(), text.getBytes(StandardCharsets.UTF_8)));
    }

    /** @throws IllegalArgumentException or DateTimeException if the text is none of {@link #of} */
    static Recorded recorded(String text, Opaque hash) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.size() != LINES) {
            throw new IllegalArgumentException("entry: " + lines.size() + " lines, wants " + LINES);
        }
        Optional<Rule> rule = absentOr(lines.get(11), name -> name)
                .map(name -> new Rule(
                        name,
                        absentOr(lines.get(13), Plmn::parse),
                        absentOr(lines.get(14), Country::new),
                        Effect.valueOf(lines.get(12))));
        Entry entry = new Entry(
                lines.get(3),
                What.valueOf(lines.get(4)),
                absentOr(lines.get(5), Ueid::hex),
                absentOr(lines.get(6), hex -> new Nonce(Opaque.hex(hex))),
                absentOr(lines.get(7), Procedure::valueOf),
                absentOr(lines.get(8), Plmn::parse),
                rule,
                ResultCode.valueOf(lines.get(9)),
                Instant.parse(lines.get(10)));
        return new Recorded(Long.parseLong(lines.get(0)), Instant.parse(lines.get(1)), lines.get(2), entry, hash);
    }

    private static <T> Optional<T> absentOr(String line, Function<String, T> read) {
        return line.isEmpty() ? Optional.empty() : Optional.of(read.apply(line));
    }
}
