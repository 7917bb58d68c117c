// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.regulator.RegulatorFixture.withDevice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.operators.Regulator.Entry;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Regulator.Recorded;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Sql;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** What another hand does to an export of nine entries, or to the record. */
final class ForgedAuditTest {
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

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 9})
    void findsAChangedEntry(int number) throws Exception {
        List<Recorded> entries = nine();
        Recorded was = entries.get(number - 1);
        entries.set(number - 1, content(was, withDevice(was.entry(), regulator.device())));
        assertBroken(entries, "entry " + number + ": its hash is not that of its content");

        entries = new ArrayList<>(nine());
        was = entries.get(number - 1);
        entries.set(number - 1, new Recorded(was.number(), was.received(), "sho.262-02", was.entry(), was.hash()));
        assertBroken(entries, "entry " + number + ": its hash is not that of its content");
    }

    @Test
    void findsAChangedEntryWhoseHashWasMadeAnew() throws Exception {
        List<Recorded> entries = nine();
        Recorded was = entries.get(4);
        entries.set(4, rehashed(entries.get(3).hash(), content(was, withDevice(was.entry(), regulator.device()))));
        assertBroken(entries, "entry 6: its hash is not that of its content and the entry before");
    }

    @Test
    void findsAChangedEntryWhenAllHashesAfterItWereMadeAnew() throws Exception {
        List<Recorded> entries = nine();
        Recorded was = entries.get(4);
        entries.set(4, content(was, withDevice(was.entry(), regulator.device())));
        assertBroken(chained(entries), "entry 9: is not the one that the regulator signed");
    }

    @Test
    void findsARemovedEntry() throws Exception {
        List<Recorded> entries = nine();
        entries.remove(4);
        assertBroken(entries, "entry 5: is not in its place, number 6 is");
        assertBroken(chained(entries), "entry 9: is missing; the regulator signed 9 entries, here are 8");
    }

    @Test
    void findsAnInsertedEntry() throws Exception {
        List<Recorded> entries = nine();
        Recorded was = entries.get(4);
        entries.add(4, content(was, regulator.entry(What.AUTHORIZED, ResultCode.OK)));
        assertBroken(entries, "entry 5: its hash is not that of its content");
        assertBroken(chained(entries), "entry 9: is not the one that the regulator signed");
    }

    @Test
    void findsReorderedEntries() throws Exception {
        List<Recorded> entries = nine();
        Collections.swap(entries, 3, 4);
        assertBroken(entries, "entry 4: is not in its place, number 5 is");
        assertBroken(chained(entries), "entry 9: is not the one that the regulator signed");
    }

    @Test
    void findsATruncatedTail() throws Exception {
        List<Recorded> entries = nine();
        assertBroken(entries.subList(0, 7), "entry 8: is missing; the regulator signed 9 entries, here are 7");
        assertBroken(List.of(), "entry 1: is missing; the regulator signed 9 entries, here are 0");
    }

    @Test
    void findsATailThatIsNotSigned() throws Exception {
        regulator.record(8);
        Page before = regulator.role.export(0);
        regulator.record(1);
        Page after = regulator.role.export(0);
        assertBroken(new Page(after.entries(), before.head()), "entry 9: is not followed by a signed head");
    }

    @Test
    void findsATruncatedTailWithAHeadOfThatTimeWhenALaterExportWasKept() throws Exception {
        regulator.record(7);
        Page old = regulator.role.export(0);
        regulator.record(2);
        AuditHead kept = regulator.check(regulator.pages());

        AuditCheck check = new AuditCheck(regulator.context.anchors());
        check.expect(kept);
        check.take(old);
        assertThatThrownBy(check::end).hasMessageContaining("entry 8: is missing");
    }

    @Test
    void findsAHeadThatTheRegulatorDidNotSign() throws Exception {
        regulator.record(2);
        Page page = regulator.role.export(0);
        AuditHead head = AuditHead.verify(page.head(), regulator.context.anchors());
        var operator = regulator.pki.context(SHO, directory);
        Opaque byOperator = head.sign(operator.certificate(), operator.key());
        Opaque byNobody = head.sign(regulator.context.certificate(), regulator.otherKey());
        assertBroken(new Page(page.entries(), byOperator), "signed by sho.262-01, which is no regulator");
        assertBroken(new Page(page.entries(), byNobody), "head after entry 0");
        assertBroken(new Page(page.entries(), Opaque.of(new byte[3])), "head after entry 0");
        var foreign = new org.m2me.operators.TestPki().context("regulator", directory);
        assertBroken(new Page(page.entries(), head.sign(foreign.certificate(), foreign.key())), "signer's certificate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM entry WHERE number = 9",
                "DELETE FROM entry",
                "UPDATE entry SET hash = zeroblob(32) WHERE number = 9",
                "DELETE FROM head",
                "UPDATE head SET signed = x'a0'"
            })
    void appendsNothingToARecordThatAnotherHandHasChanged(String change) throws Exception {
        nine();
        regulator.role.close();
        try (Database database = Database.open(directory.resolve("regulator.db"))) {
            database.change(connection -> Sql.update(connection, change));
        }
        regulator.role = new RegulatorRole(regulator.context, new RegulatorSettings(List.of()));
        assertThatThrownBy(() -> regulator.record(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("changed by another hand");
    }

    private List<Recorded> nine() throws Refused {
        regulator.record(9 - regulator.role.export(0).entries().size());
        return new ArrayList<>(regulator.role.export(0).entries());
    }

    private static Recorded content(Recorded was, Entry entry) {
        return new Recorded(was.number(), was.received(), was.by(), entry, was.hash());
    }

    private static Recorded rehashed(Opaque before, Recorded entry) {
        String text = ChainText.of(entry.number(), entry.received(), entry.by(), entry.entry());
        return new Recorded(entry.number(), entry.received(), entry.by(), entry.entry(), ChainText.hash(before, text));
    }

    /** Numbered and chained anew, as by somebody who has everything but the regulator's key. */
    private static List<Recorded> chained(List<Recorded> entries) {
        List<Recorded> anew = new ArrayList<>();
        Opaque hash = ChainText.ORIGIN;
        for (Recorded entry : entries) {
            Recorded next = rehashed(
                    hash, new Recorded(anew.size() + 1, entry.received(), entry.by(), entry.entry(), entry.hash()));
            anew.add(next);
            hash = next.hash();
        }
        return anew;
    }

    private void assertBroken(List<Recorded> entries, String how) {
        assertBroken(new Page(entries, regulator.role.export(0).head()), how);
    }

    private void assertBroken(Page page, String how) {
        assertThatThrownBy(() -> regulator.check(List.of(page)))
                .isInstanceOf(AuditCheck.Broken.class)
                .hasMessageContaining(how);
    }
}
