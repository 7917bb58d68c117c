// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Counterparts.SupplierSide;
import org.m2me.operators.Icf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.Sho;
import org.m2me.operators.ShoSide;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.operators.World;
import org.m2me.operators.store.StorageFailed;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Telemetry;

final class SubscriberRoleTest {
    private static final Pcid PCID = Pcid.of("901700000000001");
    private static final Opaque FORM = Opaque.hex("f0");
    private static final SubscriberSettings SETTINGS =
            new SubscriberSettings("acme", Duration.ofDays(90), true, SubscriberSettings.PERMISSION_WAIT);

    @TempDir
    Path directory;

    private World world;
    private Neighbours peers;
    private ShoSide sho;
    private IcfSide icf;
    private SupplierSide supplier;
    private Machine machine;
    private RoleContext context;
    private SubscriberRole subscriber;

    @BeforeEach
    void start() {
        world = new World(directory);
        peers = new Neighbours();
        sho = new ShoSide();
        icf = new IcfSide();
        supplier = new SupplierSide();
        peers.set(OPERATOR, sho);
        peers.set(Icf.class, icf);
        peers.set(Supplier.class, supplier);
        machine = new Machine(world.random);
        context = world.context("subscriber.fleet");
        subscriber = new SubscriberRole(context, peers, SETTINGS).start();
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    @Test
    void contractsWithTheOperatorPassesTheFormOnAndActivatesConnectivityOnce() throws Exception {
        subscriber.choose(purchase(Optional.of(FORM)), OPERATOR);
        subscriber.choose(purchase(Optional.of(FORM)), OPERATOR);
        awaitIdle();
        restart(() -> {});
        subscriber.choose(purchase(Optional.of(FORM)), OPERATOR);
        awaitIdle();
        assertThat(sho.contracts).containsExactly(new Sho.Contract(machine.ueid, "fleet", machine.tokenFor(OPERATOR)));
        assertThat(supplier.forms).containsExactly(FORM);
        assertThat(icf.activated).containsExactly(PCID);
    }

    @Test
    void activatesConnectivityAfterTheFormIsPassedOn() throws Exception {
        peers.set(Supplier.class, null);
        subscriber.choose(purchase(Optional.of(FORM)), OPERATOR);
        world.await("the contract is made", () -> !sho.contracts.isEmpty());
        assertThat(icf.activated).isEmpty();
        peers.set(Supplier.class, supplier);
        world.await("connectivity is activated", () -> !icf.activated.isEmpty());
        assertThat(supplier.forms).containsExactly(FORM);
    }

    @Test
    void activatesConnectivityAtOnceWhereThereIsNoForm() throws Exception {
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        world.await("connectivity is activated", () -> !icf.activated.isEmpty());
        assertThat(supplier.forms).isEmpty();
    }

    @Test
    void asksAgainWhileThePcidIsOnItsWayToTheIcf() throws Exception {
        icf.refuse(ResultCode.PCID_UNKNOWN);
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        world.await(
                "the activation was tried",
                () -> number("SELECT COUNT(*) FROM outbox WHERE kind = 'activate' AND attempts > 0") == 1);
        icf.refuse(null);
        world.await("connectivity is activated", () -> !icf.activated.isEmpty());
    }

    @Test
    void doesAfterARestartWhatItOwed() throws Exception {
        peers.set(OPERATOR, null);
        peers.set(Icf.class, null);
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        restart(() -> {});
        peers.set(OPERATOR, sho);
        peers.set(Icf.class, icf);
        awaitIdle();
        assertThat(sho.contracts).hasSize(1);
        assertThat(icf.activated).hasSize(1);
    }

    @Test
    void choosesAgainWhatAnOperatorRefusedBefore() throws Exception {
        sho.refuse(ResultCode.FORBIDDEN);
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        awaitIdle();
        sho.refuse(null);
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        awaitIdle();
        assertThat(sho.contracts).hasSize(1);
    }

    @Test
    void choosesAnotherOperator() throws Exception {
        Plmn other = Plmn.parse("262-02");
        ShoSide newSho = new ShoSide();
        peers.set(other, newSho);
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        subscriber.choose(purchase(Optional.empty()), other);
        world.await("the new contract is made", () -> !newSho.contracts.isEmpty());
    }

    @Test
    void refusesADeviceThatCameWithOtherThingsInItsBox() throws Exception {
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        Refused refused =
                catchThrowableOfType(Refused.class, () -> subscriber.choose(purchase(Optional.of(FORM)), OPERATOR));
        assertThat(refused.code()).isEqualTo(ResultCode.FORBIDDEN);
    }

    @Test
    void keepsEachMeasurementOnceNewestFirst() throws Exception {
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        for (long sequence : new long[] {1, 2, 2, 3, 1}) {
            send(machine.ueid, telemetry(sequence));
        }
        restart(() -> {});
        assertThat(subscriber.telemetry(machine.ueid))
                .extracting(received -> received.telemetry().sequence())
                .containsExactly(3L, 2L, 1L);
        assertThat(subscriber.telemetry(machine.ueid).get(0))
                .isEqualTo(new Subscriber.Received(
                        machine.ueid,
                        telemetry(3),
                        subscriber.telemetry(machine.ueid).get(0).at()));
        assertThat(subscriber.telemetry(new Machine(world.random).ueid)).isEmpty();
    }

    @Test
    void keepsTheNewestHundredOfADevice() throws Exception {
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        for (long sequence = 1; sequence <= TelemetryStore.KEPT + 5; sequence++) {
            send(machine.ueid, telemetry(sequence));
        }
        send(machine.ueid, telemetry(2));
        assertThat(subscriber.telemetry(machine.ueid)).hasSize(TelemetryStore.KEPT);
        assertThat(subscriber
                        .telemetry(machine.ueid)
                        .get(TelemetryStore.KEPT - 1)
                        .telemetry()
                        .sequence())
                .isEqualTo(6);
    }

    @Test
    void refusesWhatIsNoTelemetryOfADeviceBoughtHere() throws Exception {
        assertThat(refusal(machine.ueid, telemetry(1).encode())).isEqualTo(ResultCode.UNKNOWN_DEVICE);
        subscriber.choose(purchase(Optional.empty()), OPERATOR);
        assertThat(refusal(machine.ueid, new byte[] {1})).isEqualTo(ResultCode.MALFORMED);
        assertThat(refusal(machine.ueid, new byte[DeviceResource.TELEMETRY.sizeMax() + 1]))
                .isEqualTo(ResultCode.TOO_LARGE);
        Refused refused = catchThrowableOfType(
                Refused.class, () -> subscriber.answer(machine.ueid, DeviceResource.REGISTER, new byte[0]));
        assertThat(refused.code()).isEqualTo(ResultCode.NOT_FOUND);
        assertThat(subscriber
                        .feed(subscriber.feed(0, Duration.ZERO).latest(), Duration.ZERO)
                        .devices())
                .isEmpty();
    }

    @Test
    void keepsNothingThatTheDatabaseDoesNotKeepWhole() {
        restart(() -> world.fill("subscriber.fleet", "subscriber.db", "outbox"));
        assertThatThrownBy(() -> subscriber.choose(purchase(Optional.empty()), OPERATOR))
                .isInstanceOf(StorageFailed.class);
        assertThat(number("SELECT COUNT(*) FROM purchase")).isZero();
    }

    private void restart(Runnable meanwhile) {
        subscriber.close();
        meanwhile.run();
        subscriber = new SubscriberRole(context, peers, SETTINGS).start();
    }

    private void awaitIdle() {
        world.awaitIdle("subscriber.fleet", "subscriber.db");
    }

    private long number(String sql) {
        return world.number("subscriber.fleet", "subscriber.db", sql);
    }

    private Subscriber.Purchase purchase(Optional<Opaque> form) {
        return new Subscriber.Purchase(machine.ueid, PCID, machine.ownerToken, form);
    }

    private static Telemetry telemetry(long sequence) {
        return new Telemetry(sequence, World.START, new TreeMap<>(Map.of("temperature_mC", 21500 + sequence)));
    }

    private void send(Ueid device, Telemetry telemetry) throws Refused {
        assertThat(subscriber.answer(device, DeviceResource.TELEMETRY, telemetry.encode()))
                .isPresent();
    }

    private ResultCode refusal(Ueid device, byte[] body) {
        return catchThrowableOfType(Refused.class, () -> subscriber.answer(device, DeviceResource.TELEMETRY, body))
                .code();
    }
}
