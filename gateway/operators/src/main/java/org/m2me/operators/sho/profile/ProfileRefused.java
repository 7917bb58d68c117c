// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

/** A source, or a line of it, of which no subscription is made. */
public final class ProfileRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Finding finding;

    public ProfileRefused(Finding finding) {
        super(finding.field() + ": " + finding.why());
        this.finding = finding;
    }

    ProfileRefused(String field, String why, String remedy) {
        this(new Finding(field, why, remedy));
    }

    public Finding finding() {
        return finding;
    }
}
