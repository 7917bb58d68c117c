// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.m2me.operators.Regulator.Rule;

/**
 * The regulator's settings.
 *
 * @param rules to begin with. A rule is taken from here once, by its name: what the staff changes or removes later stays
 *     changed or removed
 */
public record RegulatorSettings(List<Rule> rules) {
    /** @throws IllegalArgumentException if two rules have one name, or there are too many */
    public RegulatorSettings {
        rules = List.copyOf(rules);
        Set<String> names = new HashSet<>();
        for (Rule rule : rules) {
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException("settings of the regulator: two rules are called " + rule.name());
            }
        }
        if (rules.size() > Rules.MAX) {
            throw new IllegalArgumentException(
                    "settings of the regulator: " + rules.size() + " rules, at most " + Rules.MAX);
        }
    }
}
