// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One command in flight: decides for each line whether it is its echo, its answer, its result, or unsolicited. */
final class AtExchange {
    /** What a line is. */
    enum Meaning {
        ECHO,
        ANSWER,
        /** An answer that tells a state which listeners follow, too. */
        ANSWER_AND_STATE,
        UNSOLICITED,
        RESULT
    }

    /** Whether the modem answers in words or in digits (ATV1, ATV0). */
    enum Words {
        UNKNOWN,
        VERBOSE,
        NUMERIC
    }

    private static final Pattern NAMED = Pattern.compile("[+#^*!%$&][A-Z0-9_ ]+[:=].*", Pattern.CASE_INSENSITIVE);

    /** Answered by free text in which lines with any name may be: ATI shows +GCAP. */
    private static final Pattern FREE_TEXT = Pattern.compile("AT(I\\d*|&V|\\+SIMCOMATI)", Pattern.CASE_INSENSITIVE);

    /** Lines of one answer that are kept: AT&V and a long AT+CPBR fit; a modem that babbles fills nothing. */
    static final int LINES_MAX = 1024;

    private static final Pattern SETS_WORDS = Pattern.compile("AT.*V[01].*", Pattern.CASE_INSENSITIVE);

    private final AtCommand command;
    private final List<String> lines = new ArrayList<>();
    private Words words;
    private boolean registrationAnswered;
    private boolean completed;
    private @Nullable AtResult result;

    AtExchange(AtCommand command, Words words) {
        this.command = command;
        boolean mayChange =
                !command.isExtended() && SETS_WORDS.matcher(command.text()).matches();
        this.words = mayChange ? Words.UNKNOWN : words;
        this.completed = command.completedBy().isEmpty();
    }

    AtCommand command() {
        return command;
    }

    Words words() {
        return words;
    }

    List<String> lines() {
        return lines;
    }

    boolean isOver() {
        AtResult known = result;
        return known != null && (completed || !known.isOk());
    }

    Optional<AtAnswer> answer() {
        return Optional.ofNullable(result).map(known -> new AtAnswer(lines, known));
    }

    Meaning take(String line) {
        Optional<AtResult> end = resultIn(line);
        if (end.isPresent()) {
            if (result == null) {
                result = end.get();
            }
            return Meaning.RESULT;
        }
        if (isEcho(line)) {
            return Meaning.ECHO;
        }
        Meaning meaning = meaningOf(line);
        if (meaning != Meaning.UNSOLICITED && lines.size() < LINES_MAX) {
            lines.add(line);
        }
        return meaning;
    }

    private Optional<AtResult> resultIn(String line) {
        Optional<AtResult> verbose = AtResult.of(line);
        if (verbose.isPresent()) {
            if (!verbose.get().isNumbered()) {
                words = Words.VERBOSE;
            }
            return verbose;
        }
        boolean digitsCount = words == Words.NUMERIC
                || (words == Words.UNKNOWN
                        && !command.isExtended()
                        && !command.text().contains("?"));
        Optional<AtResult> numeric = digitsCount ? AtResult.ofNumeric(line) : Optional.empty();
        if (numeric.isPresent()) {
            words = Words.NUMERIC;
        }
        return numeric;
    }

    private boolean isEcho(String line) {
        String text = line.strip();
        if (text.equalsIgnoreCase(command.text())
                || command.payload().map(sent -> text.startsWith(sent.strip())).orElse(false)) {
            return true;
        }
        // Some firmware echoes without quotes or with other parameters: the same name after AT is enough.
        return command.isExtended()
                && text.regionMatches(true, 0, "AT", 0, 2)
                && command.names().stream().anyMatch(name -> startsWithName(text.substring(2), name));
    }

    private static boolean startsWithName(String text, String name) {
        return text.regionMatches(true, 0, name, 0, name.length())
                && (text.length() == name.length() || "=?".indexOf(text.charAt(name.length())) >= 0);
    }

    private Meaning meaningOf(String line) {
        Optional<String> later = command.completedBy();
        if (later.isPresent() && AtCommand.answers(line, later.get())) {
            completed = true;
            return Meaning.ANSWER;
        }
        if (result != null) {
            return Meaning.UNSOLICITED; // after the result nothing else belongs to the command
        }
        Set<String> names = command.names();
        if (names.stream().anyMatch(name -> AtCommand.answers(line, name))) {
            return RegistrationLine.parse(line).map(this::registration).orElse(Meaning.ANSWER);
        }
        if (Unsolicited.isKnown(line)) {
            return Meaning.UNSOLICITED;
        }
        boolean foreign = NAMED.matcher(line).matches()
                && !FREE_TEXT.matcher(command.text()).matches();
        return foreign ? Meaning.UNSOLICITED : Meaning.ANSWER;
    }

    /** Answer by shape; where a modem reports in the shape of an answer, the first one is it. */
    private Meaning registration(RegistrationLine line) {
        boolean chained = command.text().contains(";");
        boolean answers = (command.isRead() || chained) && line.solicited() && !registrationAnswered;
        registrationAnswered |= answers && !chained;
        return answers ? Meaning.ANSWER_AND_STATE : Meaning.UNSOLICITED;
    }
}
