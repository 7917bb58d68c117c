// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.regulator.RegulatorFixture.FOREIGN;
import static org.m2me.operators.regulator.RegulatorFixture.OPERATOR;
import static org.m2me.operators.regulator.RegulatorFixture.OTHER;
import static org.m2me.operators.regulator.RegulatorFixture.rule;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.operators.Country;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Act;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Rule;
import org.m2me.operators.Regulator.Ruling;
import org.m2me.operators.Regulator.Standing;
import org.m2me.operators.Regulator.What;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

final class RuleTest {
    @TempDir
    Path directory;

    private RegulatorFixture regulator;
    private Ueid device;

    @BeforeEach
    void start() {
        regulator = new RegulatorFixture(directory);
        device = regulator.device();
    }

    @AfterEach
    void stop() {
        regulator.close();
    }

    private Standing standing(Plmn operator, Procedure procedure) {
        return regulator.role.permits(Act.at(operator, procedure, device)).standing();
    }

    @ParameterizedTest
    @EnumSource(Procedure.class)
    void permitsEverythingWithoutARule(Procedure procedure) {
        assertThat(regulator.role.permits(Act.at(OPERATOR, procedure, device)))
                .isEqualTo(new Ruling(Standing.PERMITTED, Optional.empty()));
    }

    @Test
    void forbidsAnOperatorToServeAnywhere() throws Refused {
        regulator.role.rule(rule("no-2", "262-02", "", Effect.MAY_NOT_SERVE));

        assertThat(regulator.role.permits(Act.at(OTHER, Procedure.INITIAL, device)))
                .isEqualTo(new Ruling(Standing.FORBIDDEN, Optional.of("no-2")));
        assertThat(regulator.role.permits(new Act(OTHER, Procedure.CHANGE, device, Optional.of(new Country("310")))))
                .isEqualTo(new Ruling(Standing.FORBIDDEN, Optional.of("no-2")));
        assertThat(standing(OPERATOR, Procedure.INITIAL)).isEqualTo(Standing.PERMITTED);
    }

    @Test
    void forbidsEveryOperatorToServeInACountry() throws Refused {
        regulator.role.rule(rule("no-usa", "", "310", Effect.MAY_NOT_SERVE));

        assertThat(standing(FOREIGN, Procedure.INITIAL)).isEqualTo(Standing.FORBIDDEN);
        assertThat(standing(OPERATOR, Procedure.INITIAL)).isEqualTo(Standing.PERMITTED);
        assertThat(regulator
                        .role
                        .permits(new Act(OPERATOR, Procedure.INITIAL, device, Optional.of(new Country("310"))))
                        .standing())
                .isEqualTo(Standing.FORBIDDEN);
    }

    @Test
    void forbidsOneOperatorToServeInOneCountry() throws Refused {
        regulator.role.rule(rule("not-there", "310-260", "262", Effect.MAY_NOT_SERVE));

        assertThat(standing(FOREIGN, Procedure.CHANGE)).isEqualTo(Standing.PERMITTED);
        assertThat(regulator
                        .role
                        .permits(new Act(FOREIGN, Procedure.CHANGE, device, Optional.of(new Country("262"))))
                        .standing())
                .isEqualTo(Standing.FORBIDDEN);
        assertThat(standing(OPERATOR, Procedure.CHANGE)).isEqualTo(Standing.PERMITTED);
    }

    @ParameterizedTest
    @EnumSource(Procedure.class)
    void letsAChangeWaitForConsentAndNothingElse(Procedure procedure) throws Refused {
        regulator.role.rule(rule("ask-us", "", "262", Effect.CHANGE_NEEDS_CONSENT));

        assertThat(standing(OPERATOR, procedure))
                .isEqualTo(
                        procedure == Procedure.INITIAL || procedure == Procedure.RENEWAL
                                ? Standing.PERMITTED
                                : Standing.CONSENT_NEEDED);
        assertThat(standing(FOREIGN, procedure)).isEqualTo(Standing.PERMITTED);
    }

    @Test
    void takesConsentForADeviceAndAnOperator() throws Refused {
        regulator.role.rule(rule("ask-us", "", "262", Effect.CHANGE_NEEDS_CONSENT));
        regulator.role.consent(OPERATOR, List.of(device));

        assertThat(standing(OPERATOR, Procedure.CHANGE)).isEqualTo(Standing.PERMITTED);
        assertThat(standing(OTHER, Procedure.CHANGE)).isEqualTo(Standing.CONSENT_NEEDED);
        assertThat(regulator
                        .role
                        .permits(Act.at(OPERATOR, Procedure.CHANGE, regulator.device()))
                        .standing())
                .isEqualTo(Standing.CONSENT_NEEDED);

        regulator.role.withdrawConsent(OPERATOR, List.of(device));
        assertThat(standing(OPERATOR, Procedure.CHANGE)).isEqualTo(Standing.CONSENT_NEEDED);
    }

    @Test
    void takesConsentForABatchAndListsItPageByPage() throws Refused {
        List<Ueid> devices = new ArrayList<>();
        for (int i = 0; i < Regulator.DEVICES_MAX + 7; i++) {
            devices.add(regulator.device());
        }
        List<Ueid> tooMany = List.copyOf(devices);
        assertThatThrownBy(() -> regulator.role.consent(OPERATOR, tooMany))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(ResultCode.TOO_LARGE));
        assertThat(regulator.role.consents(OPERATOR, Optional.empty())).isEmpty();

        regulator.role.consent(OPERATOR, devices.subList(0, Regulator.DEVICES_MAX));
        regulator.role.consent(OPERATOR, devices.subList(Regulator.DEVICES_MAX, devices.size()));
        List<Ueid> first = regulator.role.consents(OPERATOR, Optional.empty());
        List<Ueid> rest = regulator.role.consents(OPERATOR, Optional.of(first.get(first.size() - 1)));
        assertThat(first).hasSize(Regulator.DEVICES_MAX);
        assertThat(rest).hasSize(7);
        List<Ueid> listed = new ArrayList<>(first);
        listed.addAll(rest);
        devices.sort((one, other) -> one.value().compareTo(other.value()));
        assertThat(listed).isEqualTo(devices);
        assertThat(regulator.role.consents(OTHER, Optional.empty())).isEmpty();
    }

    @Test
    void putsABanAboveAConsent() throws Refused {
        regulator.role.rule(rule("a-consent", "", "262", Effect.CHANGE_NEEDS_CONSENT));
        regulator.role.rule(rule("z-ban", "262-01", "", Effect.MAY_NOT_SERVE));
        regulator.role.consent(OPERATOR, List.of(device));

        assertThat(regulator.role.permits(Act.at(OPERATOR, Procedure.CHANGE, device)))
                .isEqualTo(new Ruling(Standing.FORBIDDEN, Optional.of("z-ban")));
    }

    @Test
    void changesARuleByItsNameAndRemovesIt() throws Refused {
        regulator.role.rule(rule("one", "262-01", "", Effect.MAY_NOT_SERVE));
        Rule changed = rule("one", "262-01", "", Effect.CHANGE_NEEDS_CONSENT);
        regulator.role.rule(changed);
        regulator.role.rule(changed);

        assertThat(regulator.role.rules()).containsExactly(changed);
        assertThat(standing(OPERATOR, Procedure.INITIAL)).isEqualTo(Standing.PERMITTED);

        regulator.role.removeRule("one");
        assertThat(regulator.role.rules()).isEmpty();
        assertThat(standing(OPERATOR, Procedure.CHANGE)).isEqualTo(Standing.PERMITTED);
        assertThatThrownBy(() -> regulator.role.removeRule("one"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(ResultCode.NOT_FOUND));
        assertThat(regulator.role.export(0).entries())
                .extracting(recorded -> recorded.entry().what())
                .containsExactly(What.RULE_SET, What.RULE_SET, What.RULE_REMOVED);
    }

    @Test
    void keepsRulesAndConsentsOverARestart() throws Refused {
        Rule rule = rule("ask-us", "", "262", Effect.CHANGE_NEEDS_CONSENT);
        regulator.role.rule(rule);
        regulator.role.consent(OPERATOR, List.of(device));
        regulator.restart();

        assertThat(regulator.role.rules()).containsExactly(rule);
        assertThat(standing(OPERATOR, Procedure.CHANGE)).isEqualTo(Standing.PERMITTED);
        assertThat(standing(OTHER, Procedure.CHANGE)).isEqualTo(Standing.CONSENT_NEEDED);
    }

    @Test
    void takesARuleFromTheSettingsOnceSoThatTheStaffHasTheLastWord() throws Refused {
        Rule first = rule("first", "262-01", "", Effect.MAY_NOT_SERVE);
        Rule second = rule("second", "262-02", "", Effect.MAY_NOT_SERVE);
        regulator.restart(first, second);
        assertThat(regulator.role.rules()).containsExactly(first, second);

        Rule changed = rule("first", "262-01", "310", Effect.MAY_NOT_SERVE);
        regulator.role.rule(changed);
        regulator.role.removeRule("second");
        regulator.restart(first, second);
        assertThat(regulator.role.rules()).containsExactly(changed);
    }

    @Test
    void takesNoMoreRulesThanAnybodyOversees() throws Refused {
        Rule[] rules = new Rule[Rules.MAX];
        Arrays.setAll(rules, i -> rule("rule-" + i, "262-01", "", Effect.MAY_NOT_SERVE));
        regulator.restart(rules);
        assertThatThrownBy(() -> regulator.role.rule(rule("more", "262-01", "", Effect.MAY_NOT_SERVE)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(ResultCode.QUOTA));
        assertThat(regulator.role.rules()).hasSize(Rules.MAX);
        regulator.role.rule(rule("rule-0", "262-02", "", Effect.MAY_NOT_SERVE));
    }

    @Test
    void refusesRulesAndSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> rule("all", "", "", Effect.MAY_NOT_SERVE))
                .hasMessage("rule all: names neither an operator nor a country");
        assertThatThrownBy(() -> rule("a b", "262-01", "", Effect.MAY_NOT_SERVE))
                .hasMessageContaining("name");
        assertThatThrownBy(() -> rule("one", "", "26", Effect.MAY_NOT_SERVE))
                .hasMessage("country: 26 is not of the form 262");
        List<Rule> twice = Collections.nCopies(2, rule("one", "262-01", "", Effect.MAY_NOT_SERVE));
        assertThatThrownBy(() -> new RegulatorSettings(twice)).hasMessageContaining("two rules are called one");
        assertThatThrownBy(() -> new RegulatorRole(
                        regulator.pki.context("sho.262-01", directory), new RegulatorSettings(List.of())))
                .hasMessageContaining("wants regulator");
    }
}
