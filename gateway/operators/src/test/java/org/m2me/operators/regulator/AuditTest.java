// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.regulator.RegulatorFixture.OPERATOR;
import static org.m2me.operators.regulator.RegulatorFixture.withDevice;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.m2me.operators.Country;
import org.m2me.operators.Regulator.Acts;
import org.m2me.operators.Regulator.Effect;
import org.m2me.operators.Regulator.Entry;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.Regulator.Rule;
import org.m2me.operators.Regulator.What;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

final class AuditTest {
    private static final String SHO = "sho.262-01";

    @TempDir
    Path directory;

    private RegulatorFixture regulator;

    @BeforeEach
    void start() {
        regulator = new RegulatorFixture(directory);
    }

    @AfterEach
    void stop() {
        regulator.close();
    }

    @Test
    void isWholeWhenNothingHasHappened() throws Exception {
        assertThat(regulator.check(regulator.pages()).number()).isZero();
    }

    @Test
    void keepsWhatRolesSayInTheOrderItCame() throws Exception {
        Entry ordered = regulator.entry(What.ORDERED, ResultCode.OK);
        Entry authorized = regulator.entry(What.AUTHORIZED, ResultCode.CONSENT_NEEDED);
        Entry reported = regulator.entry(What.REPORTED, ResultCode.MCIM_DAMAGED);
        regulator.role.record(new Acts("subscriber.fleet", List.of(ordered)));
        regulator.role.record(new Acts(SHO, List.of(authorized)));
        regulator.role.record(new Acts("dpf.901-70", List.of(reported)));
        regulator.role.rule(RegulatorFixture.rule("no", "262-01", "262", Effect.MAY_NOT_SERVE));

        List<Recorded> entries = regulator.role.export(0).entries();
        assertThat(entries).extracting(Recorded::number).containsExactly(1L, 2L, 3L, 4L);
        assertThat(entries)
                .extracting(Recorded::by)
                .containsExactly("subscriber.fleet", SHO, "dpf.901-70", "regulator");
        assertThat(entries.subList(0, 3)).extracting(Recorded::entry).containsExactly(ordered, authorized, reported);
        assertThat(entries.get(3).entry().rule().orElseThrow().country()).contains(new Country("262"));
        assertThat(regulator.check(regulator.pages()).number()).isEqualTo(4);
    }

    @Test
    void takesARepeatedEntryOnceAlsoAfterARestart() throws Exception {
        Entry entry = regulator.entry(What.AUTHORIZED, ResultCode.OK);
        regulator.role.record(new Acts(SHO, List.of(entry, entry)));
        regulator.role.record(new Acts(SHO, List.of(entry)));
        regulator.restart();
        Entry later = at(entry, entry.at().plusSeconds(5));
        regulator.role.record(new Acts(SHO, List.of(later)));

        assertThat(regulator.role.export(0).entries())
                .extracting(Recorded::entry)
                .containsExactly(entry);
        assertThat(regulator.check(regulator.pages()).number()).isEqualTo(1);
    }

    private static Entry at(Entry entry, Instant at) {
        return new Entry(
                entry.id(),
                entry.what(),
                entry.device(),
                entry.registration(),
                entry.procedure(),
                entry.operator(),
                entry.rule(),
                entry.code(),
                at);
    }

    @Test
    void refusesAnotherEntryUnderTheSameIdAndKeepsNothingOfItsBatch() throws Exception {
        Entry entry = regulator.record(1).get(0);
        Entry other = withDevice(entry, regulator.device());
        Entry more = regulator.entry(What.AUTHORIZED, ResultCode.OK);
        assertRefused(ResultCode.FORBIDDEN, new Acts(SHO, List.of(more, other)));
        assertThat(regulator.role.export(0).entries()).hasSize(1);

        regulator.role.record(new Acts("sho.262-02", List.of(other))); // another's ids are its own
        assertThat(regulator.check(regulator.pages()).number()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "ORDERED, sho.262-01",
        "AUTHORIZED, subscriber.fleet",
        "DELIVERED, sho.262-01",
        "DISCARDED, subscriber.fleet",
        "REPORTED, drf.901-70",
        "RULE_SET, sho.262-01",
        "CONSENTED, sho.262-01"
    })
    void refusesWhatIsNotTheCallersToSay(What what, String by) {
        assertRefused(ResultCode.FORBIDDEN, new Acts(by, List.of(regulator.entry(what, ResultCode.OK))));
        assertThat(regulator.role.export(0).entries()).isEmpty();
    }

    @Test
    void refusesMoreThanFitsInOneMessage() {
        Entry entry = regulator.entry(What.AUTHORIZED, ResultCode.OK);
        assertRefused(ResultCode.TOO_LARGE, new Acts(SHO, Collections.nCopies(101, entry)));
    }

    private void assertRefused(ResultCode code, Acts acts) {
        assertThatThrownBy(() -> regulator.role.record(acts))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    @Test
    void isExportedPageByPageAndStaysWholeWhileItGrows() throws Exception {
        regulator.record(AuditLog.PAGE + 10);
        Page first = regulator.role.export(0);
        regulator.record(30);
        Page second = regulator.role.export(AuditLog.PAGE);

        assertThat(first.entries()).hasSize(AuditLog.PAGE);
        assertThat(second.entries()).hasSize(40);
        assertThat(regulator.check(List.of(first, second)).number()).isEqualTo(AuditLog.PAGE + 40);
    }

    @Test
    void goesOnAfterARestart() throws Exception {
        regulator.record(3);
        regulator.restart();
        regulator.record(2);
        assertThat(regulator.check(regulator.pages()).number()).isEqualTo(5);
    }

    @Test
    void isReadLongAfterTheRegulatorsCertificateHasEnded() throws Exception {
        regulator.record(3);
        List<Page> kept = regulator.pages();
        regulator.clock.advance(Duration.ofDays(3650));
        assertThat(regulator.check(kept).number()).isEqualTo(3);
    }

    @Test
    void hasNoRoomForASecret() {
        Set<Type> types = new HashSet<>();
        collect(Recorded.class, types);
        types.remove(Opaque.class); // the hash, looked at below
        assertThat(types)
                .containsOnly(
                        long.class,
                        String.class, // names with a form of their own
                        Instant.class,
                        What.class,
                        Effect.class,
                        Ueid.class,
                        Nonce.class,
                        Procedure.class,
                        Plmn.class,
                        Country.class,
                        ResultCode.class);
        assertThat(Entry.class.getRecordComponents())
                .filteredOn(component -> component.getType() == Opaque.class)
                .isEmpty();
        for (String id : List.of("", "a\nb", "K=00", "x".repeat(161))) {
            assertThatThrownBy(() -> at(id)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Entry at(String id) {
        Entry entry = regulator.entry(What.AUTHORIZED, ResultCode.OK);
        return new Entry(
                id,
                entry.what(),
                entry.device(),
                entry.registration(),
                entry.procedure(),
                entry.operator(),
                entry.rule(),
                entry.code(),
                entry.at());
    }

    private static void collect(Class<?> record, Set<Type> types) {
        Set<Class<?>> opened = Set.of(Recorded.class, Entry.class, Rule.class);
        for (RecordComponent component : record.getRecordComponents()) {
            Type type = component.getGenericType();
            if (type instanceof ParameterizedType generic) {
                type = generic.getActualTypeArguments()[0];
            }
            if (type instanceof Class<?> plain && opened.contains(plain)) {
                collect(plain, types);
            } else {
                types.add(type);
            }
        }
    }

    @Test
    void saysTheSameOfAnEntryAsItsTextDoes() throws Exception {
        Entry authorized = regulator.record(1).get(0);
        Recorded recorded = regulator.role.export(0).entries().get(0);
        String text = ChainText.of(1, recorded.received(), SHO, authorized);
        assertThat(text.split("\n", -1))
                .hasSize(15)
                .startsWith("1", recorded.received().toString(), SHO);
        assertThat(ChainText.recorded(text, recorded.hash())).isEqualTo(recorded);
        assertThat(recorded.entry().operator()).contains(OPERATOR);
    }
}
