// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.util.List;
import java.util.Optional;

/** What a modem answered to one command: information lines, then the result. */
public record AtAnswer(List<String> lines, AtResult result) {
    public AtAnswer {
        lines = List.copyOf(lines);
    }

    /** Without the lines: they may hold what identifies or authenticates. */
    @Override
    public String toString() {
        return result.text() + " after " + lines.size() + " lines";
    }

    public boolean isOk() {
        return result.isOk();
    }

    /** What follows {@code name:} on the first line that has it, such as {@code +CSQ}. */
    public Optional<String> value(String name) {
        return values(name).stream().findFirst();
    }

    /** The same for every such line. */
    public List<String> values(String name) {
        return lines.stream()
                .filter(line -> AtCommand.answers(line, name))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
    }

    /** The first line, without a {@code name:} that some modems put before it. */
    public Optional<String> text(String name) {
        return lines.stream()
                .findFirst()
                .map(line -> AtCommand.answers(line, name)
                        ? line.substring(name.length() + 1).strip()
                        : line.strip());
    }
}
