// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/**
 * Regulator (TR 33.812 5.2.5.5): says which operators may serve where, and which changes need its staff's consent; keeps
 * the record of who ordered, authorised, delivered, discarded and reported what. No device talks to it.
 */
public interface Regulator {
    /** Devices in one consent, and in one answer: about 200 kB. */
    int DEVICES_MAX = 5_000;

    /** Acts in one message: about 40 kB. */
    int ACTS_MAX = 100;

    /** What a rule does. */
    enum Effect {
        /** Neither initial provisioning nor a change to the operator. */
        MAY_NOT_SERVE,
        /** A change to the operator waits for the consent of the regulator's staff. */
        CHANGE_NEEDS_CONSENT
    }

    /**
     * A rule: for one operator everywhere, for every operator in one country, or for one operator in one country.
     *
     * @param name by which it is known and changed: 1 to 60 letters, digits, dots and dashes
     */
    record Rule(String name, Optional<Plmn> operator, Optional<Country> country, Effect effect) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.-]{1,60}");

        /** @throws IllegalArgumentException if it has no such name, or names neither an operator nor a country */
        public Rule {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("rule: a name is 1 to 60 letters, digits, dots and dashes");
            }
            if (operator.isEmpty() && country.isEmpty()) {
                throw new IllegalArgumentException("rule " + name + ": names neither an operator nor a country");
            }
        }

        /** Whether it has something to say about what an operator does in a country. */
        public boolean isAbout(Plmn who, Country where) {
            return operator.map(who::equals).orElse(true)
                    && country.map(where::equals).orElse(true);
        }
    }

    /**
     * What an operator is about to do.
     *
     * @param country where the device is to be served; absent: the operator's own
     */
    record Act(@OfCaller Plmn operator, Procedure procedure, Ueid device, Optional<Country> country) {
        /** In the operator's own country. */
        public static Act at(Plmn operator, Procedure procedure, Ueid device) {
            return new Act(operator, procedure, device, Optional.empty());
        }
    }

    /** Whether an operator may. */
    enum Standing {
        PERMITTED(ResultCode.OK),
        FORBIDDEN(ResultCode.FORBIDDEN_BY_REGULATOR),
        CONSENT_NEEDED(ResultCode.CONSENT_NEEDED);

        private final ResultCode code;

        Standing(ResultCode code) {
            this.code = code;
        }

        /** With which a registration ends that must not go on. */
        public ResultCode code() {
            return code;
        }
    }

    /** The answer. @param rule the name of the rule that stands against it */
    record Ruling(Standing standing, Optional<String> rule) {}

    /** What was done. */
    enum What {
        /** A subscriber ordered its device to another operator. */
        ORDERED,
        /** An operator authorised the provisioning of a device; with another code than OK: the regulator stood against it. */
        AUTHORIZED,
        /** A device has fetched its MCIM. */
        DELIVERED,
        /** A device has discarded its subscription. */
        DISCARDED,
        /** A device has reported. */
        REPORTED,
        /** The regulator's staff made or changed a rule. */
        RULE_SET,
        /** It took one away. */
        RULE_REMOVED,
        /** It consented to a change. */
        CONSENTED,
        /** It withdrew its consent. */
        CONSENT_WITHDRAWN;

        /** Whether a role of this common name may say so. */
        public boolean isSaidBy(String name) {
            String role = name.split("\\.", 2)[0];
            return switch (this) {
                case ORDERED -> role.equals("subscriber");
                case AUTHORIZED -> role.equals("sho");
                case DELIVERED -> role.equals("dpf");
                case DISCARDED -> role.equals("sho") || role.equals("drf");
                case REPORTED -> role.equals("dpf") || role.equals("sho");
                case RULE_SET, RULE_REMOVED, CONSENTED, CONSENT_WITHDRAWN -> false;
            };
        }
    }

    /**
     * One entry, as the one who acted says it. There is no room in it for anything secret.
     *
     * @param id names it among those of the same role: the same again has no effect
     * @param registration or order that it belongs to
     * @param operator that it is about
     * @param code OK, or what went wrong
     */
    record Entry(
            String id,
            What what,
            Optional<Ueid> device,
            Optional<Nonce> registration,
            Optional<Procedure> procedure,
            Optional<Plmn> operator,
            Optional<Rule> rule,
            ResultCode code,
            Instant at) {
        private static final Pattern ID = Pattern.compile("[A-Za-z0-9 ._-]{1,160}");

        /** @throws IllegalArgumentException if its name is none */
        public Entry {
            if (!ID.matcher(id).matches()) {
                throw new IllegalArgumentException("entry: an id is 1 to 160 letters, digits, blanks, dots and dashes");
            }
        }
    }

    /** What a role has done. @param entries at most {@link #ACTS_MAX} */
    record Acts(@OfCaller(wholeName = true) String by, List<Entry> entries) {}

    /**
     * An entry in its place. Its hash is SHA-256 of the hash before it (32 zero bytes before the first) and its text.
     *
     * @param number from 1, without gaps
     * @param by common name of the role's certificate
     */
    record Recorded(long number, Instant received, String by, Entry entry, Opaque hash) {}

    /**
     * A piece of the record.
     *
     * @param head signed by the regulator: how many entries there are, and the hash of the last one
     */
    record Page(List<Recorded> entries, Opaque head) {}

    /** Asked before an operator authorises, and before a device switches to it. */
    @AllowedTo("sho")
    Ruling permits(Act act) throws Refused;

    /**
     * Appends to the record, all or none. What is there already is left as it is.
     *
     * @throws Refused FORBIDDEN for what is not the caller's to say, or when it says something else under the same id;
     *     TOO_LARGE
     */
    @AllowedTo({"sho", "dpf", "drf", "subscriber"})
    void record(Acts acts) throws Refused;

    /** Makes a rule, or puts it in the place of the one of the same name. @throws Refused QUOTA when there are too many */
    @AllowedTo("console")
    void rule(Rule rule) throws Refused;

    /** The rules that stand, by name. */
    @AllowedTo("console")
    List<Rule> rules() throws Refused;

    /** @throws Refused NOT_FOUND */
    @AllowedTo("console")
    void removeRule(String name) throws Refused;

    /** These devices may change to this operator, until the consent is withdrawn. @throws Refused TOO_LARGE */
    @AllowedTo("console")
    void consent(Plmn operator, List<Ueid> devices) throws Refused;

    /** As if the consent had never been given. For devices without one nothing happens. @throws Refused TOO_LARGE */
    @AllowedTo("console")
    void withdrawConsent(Plmn operator, List<Ueid> devices) throws Refused;

    /**
     * The devices that may change to this operator, in the order of their names, at most {@link #DEVICES_MAX}.
     *
     * @param after the last one of the answer before this; absent for the first
     */
    @AllowedTo("console")
    List<Ueid> consents(Plmn operator, Optional<Ueid> after) throws Refused;

    /**
     * The record from an entry on: as many as an answer holds. The last page is the one with fewer than that.
     *
     * @param after number of the last entry that is known, 0 for the first page
     */
    @AllowedTo("console")
    Page export(long after) throws Refused;
}
