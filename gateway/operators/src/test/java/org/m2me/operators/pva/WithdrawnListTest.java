// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.m2me.operators.pva.PvaWorld.GOOD;
import static org.m2me.operators.pva.PvaWorld.component;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.m2me.operators.Ivf;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.Pva.KnownBad;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** A supplier withdraws what more devices rest on than one list of the IVF has: it learns of all, one list after the other. */
class WithdrawnListTest {
    private static final int LENGTH = 2;
    private static final int DEVICES = 2 * LENGTH + 1;
    private static final String MODEL = "acme/" + PvaWorld.MODEL;
    private static final Optional<Ueid> BEGINNING = Optional.empty();

    @TempDir
    Path directory;

    private final List<TestDevice> devices = new ArrayList<>();
    private final List<Ueid> all = new ArrayList<>();
    private PvaWorld world;

    @BeforeEach
    void start() throws Exception {
        world = new PvaWorld(directory, Instant.parse("2026-11-22T12:00:00Z"), DEVICES);
        world.restartIvf(LENGTH);
        world.supplier.release(PvaWorld.MODEL, GOOD);
        for (int i = 0; i < DEVICES; i++) {
            devices.add(IvfDebtTest.validated(world));
        }
        devices.sort(Comparator.comparing(device -> device.ueid.hex()));
        devices.forEach(device -> all.add(device.ueid));
    }

    @AfterEach
    void stop() {
        world.close();
    }

    /** What all devices rest on. */
    private enum Bad {
        DIGEST,
        COMPONENT,
        SET,
        SET_OF_ANY_VERSION;

        KnownBad named() {
            return new KnownBad(
                    this == SET
                            ? Optional.of(MODEL + ":1")
                            : this == SET_OF_ANY_VERSION ? Optional.of(MODEL) : Optional.empty(),
                    this == DIGEST ? Optional.of(GOOD.get(1).sha256()) : Optional.empty(),
                    this == COMPONENT ? Optional.of(new Ivf.NamedVersion("agent", "1.0")) : Optional.empty());
        }
    }

    private Optional<List<Ueid>> ask(KnownBad what, Optional<Ueid> after) throws Refused {
        return world.pva.withdraw("acme", what, after);
    }

    private Optional<Ueid> after(int device) {
        return Optional.of(all.get(device));
    }

    private interface Lists {
        Optional<List<Ueid>> after(Optional<Ueid> last) throws Refused;
    }

    /** As a supplier does it that wants to know: until a list is not full. */
    private static List<Ueid> followed(Lists lists) throws Refused {
        List<Ueid> named = new ArrayList<>();
        List<Ueid> list = lists.after(BEGINNING).orElseThrow();
        named.addAll(list);
        while (list.size() == LENGTH && named.size() <= DEVICES) {
            list = lists.after(Optional.of(list.get(LENGTH - 1))).orElseThrow();
            named.addAll(list);
        }
        return named;
    }

    @ParameterizedTest
    @EnumSource(Bad.class)
    void thePvaNamesEachDeviceOnce(Bad bad) throws Exception {
        assertThat(followed(last -> ask(bad.named(), last))).isEqualTo(all);
        assertThat(followed(last -> ask(bad.named(), last))).isEqualTo(all);
    }

    @ParameterizedTest
    @EnumSource(Bad.class)
    void theSuppliersLineHearsOfEachDeviceOnce(Bad bad) throws Exception {
        assertThat(followed(last -> world.supplier.withdraw(bad.named(), last))).isEqualTo(all);
    }

    @ParameterizedTest
    @EnumSource(Bad.class)
    void theListGoesOnAfterADeviceThatIsNotInIt(Bad bad) throws Exception {
        ask(bad.named(), BEGINNING);

        assertThat(ask(bad.named(), Optional.of(Ueid.hex("01" + "00".repeat(16)))))
                .contains(all.subList(0, LENGTH));
        assertThat(ask(bad.named(), Optional.of(Ueid.hex("01" + "ff".repeat(16)))))
                .contains(List.of());
    }

    /** The new release is named by what was withdrawn, a set without a version, and rests on nothing of it. */
    @ParameterizedTest
    @EnumSource(Bad.class)
    void whatIsIssuedBetweenTwoListsStandsAndIsNotInTheSecond(Bad bad) throws Exception {
        List<MeasuredComponent> mended = List.of(
                GOOD.get(0),
                new MeasuredComponent("agent", "1.1", component("agent", 5).sha256()),
                GOOD.get(2));
        assertThat(ask(bad.named(), BEGINNING)).contains(all.subList(0, LENGTH));
        world.clock.advance(Duration.ofSeconds(2));
        world.supplier.release(PvaWorld.MODEL, mended);
        TestDevice updated = devices.get(LENGTH);
        assertThat(world.validate(updated, mended)).isEqualTo(ResultCode.OK);
        IvfDebtTest.awaitStanding(world, updated, mended, Standing.VALID);
        world.clock.advance(Duration.ofSeconds(2));

        assertThat(ask(bad.named(), after(LENGTH - 1))).contains(all.subList(LENGTH + 1, DEVICES));

        assertThat(IvfDebtTest.ask(world, updated, mended).standing()).isEqualTo(Standing.VALID);
        assertThat(world.validate(updated, mended)).isEqualTo(ResultCode.OK);
        assertThat(IvfDebtTest.ask(world, devices.get(LENGTH + 1), GOOD).standing())
                .isEqualTo(Standing.REVOKED);
    }

    @ParameterizedTest
    @EnumSource(Bad.class)
    void nobodyHearsMoreOfWhatHeDidNotWithdraw(Bad bad) throws Exception {
        assertRefused(ResultCode.NOT_FOUND, "acme", bad);
        assertThat(IvfDebtTest.ask(world, devices.get(0), GOOD).standing()).isEqualTo(Standing.VALID);
        assertThat(world.validate(devices.get(0), GOOD)).isEqualTo(ResultCode.OK);

        ask(bad.named(), BEGINNING);

        boolean set = bad == Bad.SET || bad == Bad.SET_OF_ANY_VERSION;
        assertRefused(set ? ResultCode.MALFORMED : ResultCode.NOT_FOUND, "rival", bad);
        assertRefused(ResultCode.CREDENTIAL_INVALID, "nobody", bad);
    }

    private void assertRefused(ResultCode code, String supplier, Bad bad) {
        assertThatThrownBy(() -> world.pva.withdraw(supplier, bad.named(), after(0)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    @Test
    void anIvfThatIsSilentIsAskedAgain() throws Exception {
        ask(Bad.DIGEST.named(), BEGINNING);
        world.ivfSilent = true;

        assertThat(ask(Bad.DIGEST.named(), after(1))).isEmpty();

        world.ivfSilent = false;
        assertThat(ask(Bad.DIGEST.named(), after(1))).contains(all.subList(2, 4));
    }
}
