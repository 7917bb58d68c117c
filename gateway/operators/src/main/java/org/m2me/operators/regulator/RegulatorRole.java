// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.Country;
import org.m2me.operators.Regulator;
import org.m2me.operators.store.Database;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The regulator: asked before an operator authorises, told afterwards what was done. What its own staff decides is in the
 * record too, in the transaction that decides it.
 */
public final class RegulatorRole implements Regulator, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegulatorRole.class);

    private final RoleContext context;
    private final Database database;
    private final AuditLog log;

    public RegulatorRole(RoleContext context, RegulatorSettings settings) {
        if (!context.certificate().commonName().equals(AuditHead.SIGNER)) {
            throw new IllegalArgumentException("regulator: its certificate is " + context.certificate() + ", wants "
                    + AuditHead.SIGNER + ": nobody would believe its record");
        }
        this.context = context;
        this.log = new AuditLog(context);
        List<String> schema = new ArrayList<>(Rules.SCHEMA);
        schema.addAll(Consents.SCHEMA);
        schema.addAll(AuditLog.SCHEMA);
        this.database = Database.open(context.directory().resolve("regulator.db"), schema.toArray(String[]::new));
        try {
            database.change(connection -> begin(connection, settings));
        } catch (Refused impossible) {
            database.close();
            throw new IllegalStateException("regulator: cannot begin: " + impossible.getMessage(), impossible);
        } catch (RuntimeException impossible) {
            database.close();
            throw impossible;
        }
    }

    private void begin(Connection connection, RegulatorSettings settings) throws SQLException, Refused {
        log.begin(connection);
        List<Entry> made = new ArrayList<>();
        for (Rule rule : settings.rules()) {
            if (!Rules.isKnown(connection, rule.name())) {
                made.add(put(connection, rule));
            } else if (!Rules.find(connection, rule.name()).equals(Optional.of(rule))) {
                LOG.warn("rule {} of the settings is left out: the staff has changed or removed it", rule.name());
            }
        }
        append(connection, made);
    }

    @Override
    public Ruling permits(Act act) {
        Country where = act.country().orElse(new Country(act.operator().mcc()));
        return database.read(connection -> {
            List<Rule> about = Rules.standing(connection).stream()
                    .filter(rule -> rule.isAbout(act.operator(), where))
                    .sorted(Comparator.comparing(Rule::effect)) // a ban stands above a consent
                    .toList();
            for (Rule rule : about) {
                Standing standing = standing(connection, rule, act);
                if (standing != Standing.PERMITTED) {
                    LOG.info(
                            "{} of {} by {} in {}: {}: rule {}",
                            act.procedure(),
                            act.device(),
                            act.operator(),
                            where,
                            standing,
                            rule.name());
                    return new Ruling(standing, Optional.of(rule.name()));
                }
            }
            return new Ruling(Standing.PERMITTED, Optional.empty());
        });
    }

    private static Standing standing(Connection connection, Rule rule, Act act) throws SQLException {
        return switch (rule.effect()) {
            case MAY_NOT_SERVE -> Standing.FORBIDDEN;
            case CHANGE_NEEDS_CONSENT ->
                !act.procedure().isChange() || Consents.has(connection, act.operator(), act.device())
                        ? Standing.PERMITTED
                        : Standing.CONSENT_NEEDED;
        };
    }

    @Override
    public void record(Acts acts) throws Refused {
        checkSize(acts.entries().size(), ACTS_MAX);
        for (Entry entry : acts.entries()) {
            if (!entry.what().isSaidBy(acts.by()) || entry.rule().isPresent()) {
                throw new Refused(
                        ResultCode.FORBIDDEN, "audit: " + entry.what() + " is not for " + acts.by() + " to say");
            }
        }
        database.change(connection -> log.append(connection, acts));
    }

    @Override
    public void rule(Rule rule) throws Refused {
        database.change(connection -> {
            if (!Rules.find(connection, rule.name()).equals(Optional.of(rule))) {
                append(connection, List.of(put(connection, rule)));
            }
        });
    }

    private Entry put(Connection connection, Rule rule) throws SQLException, Refused {
        Rules.put(connection, rule);
        if (Rules.standing(connection).size() > Rules.MAX) {
            throw new Refused(ResultCode.QUOTA, "rule " + rule.name() + ": there are " + Rules.MAX + " already");
        }
        return ofRule(What.RULE_SET, rule);
    }

    @Override
    public List<Rule> rules() {
        return database.read(Rules::standing);
    }

    @Override
    public void removeRule(String name) throws Refused {
        database.change(connection -> {
            Rule rule = Rules.find(connection, name)
                    .orElseThrow(() -> new Refused(ResultCode.NOT_FOUND, "rule: there is none of this name"));
            Rules.remove(connection, name);
            append(connection, List.of(ofRule(What.RULE_REMOVED, rule)));
        });
    }

    @Override
    public void consent(Plmn operator, List<Ueid> devices) throws Refused {
        checkSize(devices.size(), DEVICES_MAX);
        database.change(connection -> {
            List<Entry> given = new ArrayList<>();
            for (Ueid device : devices) {
                if (Consents.give(connection, operator, device)) {
                    given.add(ofConsent(What.CONSENTED, operator, device));
                }
            }
            append(connection, given);
        });
    }

    @Override
    public void withdrawConsent(Plmn operator, List<Ueid> devices) throws Refused {
        checkSize(devices.size(), DEVICES_MAX);
        database.change(connection -> {
            List<Entry> withdrawn = new ArrayList<>();
            for (Ueid device : devices) {
                if (Consents.withdraw(connection, operator, device)) {
                    withdrawn.add(ofConsent(What.CONSENT_WITHDRAWN, operator, device));
                }
            }
            append(connection, withdrawn);
        });
    }

    @Override
    public List<Ueid> consents(Plmn operator, Optional<Ueid> after) {
        return database.read(connection -> Consents.of(connection, operator, after, DEVICES_MAX));
    }

    @Override
    public Page export(long after) {
        return database.read(connection -> log.page(connection, after));
    }

    private static void checkSize(int size, int max) throws Refused {
        if (size > max) {
            throw new Refused(ResultCode.TOO_LARGE, size + " in one message, at most " + max);
        }
    }

    /** In its own name. */
    private void append(Connection connection, List<Entry> entries) throws SQLException, Refused {
        if (!entries.isEmpty()) {
            log.append(connection, new Acts(AuditHead.SIGNER, entries));
        }
    }

    private Entry ofRule(What what, Rule rule) {
        return new Entry(
                id(what),
                what,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(rule),
                ResultCode.OK,
                now());
    }

    private Entry ofConsent(What what, Plmn operator, Ueid device) {
        return new Entry(
                id(what),
                what,
                Optional.of(device),
                Optional.empty(),
                Optional.empty(),
                Optional.of(operator),
                Optional.empty(),
                ResultCode.OK,
                now());
    }

    /** Each decision is one of its own, also when it is the same again. */
    private String id(What what) {
        return what + " " + Nonce.random(context.random());
    }

    private Instant now() {
        return context.clock().instant();
    }

    /** Everything that was answered is durable. */
    @Override
    public void close() {
        database.close();
    }
}
