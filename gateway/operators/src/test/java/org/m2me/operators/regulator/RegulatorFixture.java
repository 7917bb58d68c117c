// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Country;
import org.m2me.operators.ManualClock;
import org.m2me.operators.Regulator.Acts;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Entry;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Regulator.Rule;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.TestPki;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;
import org.m2me.protocol.step.StepObserver;

/** A regulator on a directory, and what others tell it. */
final class RegulatorFixture implements AutoCloseable {
    static final Plmn OPERATOR = Plmn.parse("262-01");
    static final Plmn OTHER = Plmn.parse("262-02");
    static final Plmn FOREIGN = Plmn.parse("310-260");

    final TestPki pki = new TestPki();
    final SecureRandom random = new SecureRandom();
    final ManualClock clock = new ManualClock(pki.now());
    final RoleContext context;
    RegulatorRole role;

    RegulatorFixture(Path directory, Rule... rules) {
        RoleContext made = pki.context("regulator", directory);
        context = new RoleContext(
                directory, clock, random, StepObserver.NONE, made.certificate(), made.key(), made.anchors());
        role = new RegulatorRole(context, new RegulatorSettings(List.of(rules)));
    }

    void restart(Rule... rules) {
        role.close();
        role = new RegulatorRole(context, new RegulatorSettings(List.of(rules)));
    }

    static Rule rule(String name, String operator, String country, Effect effect) {
        return new Rule(
                name,
                Optional.of(operator).filter(text -> !text.isEmpty()).map(Plmn::parse),
                Optional.of(country).filter(text -> !text.isEmpty()).map(Country::new),
                effect);
    }

    Ueid device() {
        byte[] id = new byte[Ueid.LENGTH];
        random.nextBytes(id);
        id[0] = 1;
        return new Ueid(Opaque.of(id));
    }

    Entry entry(What what, ResultCode code) {
        Nonce registration = Nonce.random(random);
        return new Entry(
                what + " " + registration,
                what,
                Optional.of(device()),
                Optional.of(registration),
                Optional.of(Procedure.CHANGE),
                Optional.of(OPERATOR),
                Optional.empty(),
                code,
                now());
    }

    /** In whole milliseconds, as entries have it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Entries of one operator's authorisations. */
    List<Entry> record(int count) throws Refused {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(What.AUTHORIZED, ResultCode.OK));
        }
        for (int i = 0; i < count; i += 100) {
            role.record(new Acts("sho." + OPERATOR, entries.subList(i, Math.min(count, i + 100))));
        }
        return entries;
    }

    List<Page> pages() {
        List<Page> pages = new ArrayList<>();
        long after = 0;
        Page page;
        do {
            page = role.export(after);
            pages.add(page);
            after += page.entries().size();
        } while (page.entries().size() == AuditLog.PAGE);
        return pages;
    }

    AuditHead check(List<Page> pages) throws AuditCheck.Broken {
        AuditCheck check = new AuditCheck(context.anchors());
        for (Page page : pages) {
            check.take(page);
        }
        return check.end();
    }

    P256PrivateKey otherKey() {
        return P256PrivateKey.generate(random);
    }

    @Override
    public void close() {
        role.close();
    }

    /** The same said of another device. */
    static Entry withDevice(Entry entry, Ueid device) {
        return new Entry(
                entry.id(),
                entry.what(),
                Optional.of(device),
                entry.registration(),
                entry.procedure(),
                entry.operator(),
                entry.rule(),
                entry.code(),
                entry.at());
    }
}
