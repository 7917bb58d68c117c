// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.m2me.operators.World.OPERATOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.operators.Counterparts.IcfSide;
import org.m2me.operators.Counterparts.IvfSide;
import org.m2me.operators.Counterparts.SupplierSide;
import org.m2me.operators.Icf;
import org.m2me.operators.Ivf;
import org.m2me.operators.Machine;
import org.m2me.operators.Neighbours;
import org.m2me.operators.ShoSide;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Supplier;
import org.m2me.operators.World;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** Before a device goes by way of the pristine state, whichever PCID it has by then is activated. */
final class RenewedPcidTest {
    private static final Plmn NEW = Plmn.parse("262-02");
    private static final Pcid BOUGHT = Pcid.of("901700000000001");
    private static final Pcid RENEWED = Pcid.of("901700000000002");
    private static final Pcid ON_ITS_WAY = Pcid.of("901700000000003");

    @TempDir
    Path directory;

    private World world;
    private final Neighbours peers = new Neighbours();
    private final IcfSide icf = new IcfSide();
    private final SupplierSide supplier = new SupplierSide();
    private Machine machine;
    private SubscriberRole subscriber;

    @BeforeEach
    void buy() throws Exception {
        world = new World(directory);
        machine = new Machine(world.random);
        peers.set(OPERATOR, new ShoSide());
        peers.set(NEW, new ShoSide());
        peers.set(Icf.class, icf);
        peers.set(Ivf.class, new IvfSide());
        peers.set(Supplier.class, supplier);
        subscriber = new SubscriberRole(
                        world.context("subscriber.fleet"),
                        peers,
                        new SubscriberSettings("acme", Duration.ofDays(90), true, SubscriberSettings.PERMISSION_WAIT))
                .start();
        subscriber.choose(
                new Subscriber.Purchase(machine.ueid, BOUGHT, machine.ownerToken, Optional.empty()), OPERATOR);
        world.awaitIdle("subscriber.fleet", "subscriber.db");
        assertThat(icf.activated).containsExactly(BOUGHT);
        icf.activated.clear();
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    private boolean orderWaits() {
        try {
            return subscriber
                    .answer(machine.ueid, DeviceResource.MAIL, new byte[0])
                    .isPresent();
        } catch (Refused refused) {
            throw new IllegalStateException(refused);
        }
    }

    @Test
    void activatesTheOneThatItsSupplierGaveItSinceAndTheOneThatIsOnItsWay() throws Exception {
        supplier.pcids.put(machine.ueid, List.of(RENEWED, ON_ITS_WAY));
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        world.await("order", this::orderWaits);
        assertThat(icf.activated).containsOnly(RENEWED, ON_ITS_WAY);
    }

    @Test
    void activatesTheOneThatItHasByNowWhenItFellBackToIt() throws Exception {
        supplier.pcids.put(machine.ueid, List.of(RENEWED));
        subscriber.fellBack(machine.ueid, OPERATOR);
        world.awaitIdle("subscriber.fleet", "subscriber.db");
        assertThat(icf.activated).containsExactly(RENEWED);
    }

    @Test
    void waitsForASupplierThatDoesNotAnswerBeforeAnythingIsDiscarded() throws Exception {
        supplier.pcids.put(machine.ueid, List.of(RENEWED));
        peers.set(Supplier.class, null);
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        world.clock.advance(Duration.ofMinutes(1));
        assertThat(orderWaits()).isFalse();
        peers.set(Supplier.class, supplier);
        world.await("order", this::orderWaits);
        assertThat(icf.activated).containsOnly(RENEWED);
    }

    @Test
    void activatesTheBoughtOneWhenTheSupplierDoesNotKnowTheDevice() throws Exception {
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        world.await("order", this::orderWaits);
        assertThat(icf.activated).containsExactly(BOUGHT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksAgainWhenOneWasGivenBackMeanwhile(boolean onItsWay) throws Exception {
        supplier.pcids.put(machine.ueid, onItsWay ? List.of(BOUGHT, RENEWED) : List.of(BOUGHT));
        icf.refuse(ResultCode.PCID_UNKNOWN);
        subscriber.change(machine.ueid, Procedure.PRISTINE, NEW);
        world.clock.advance(Duration.ofMinutes(1));
        assertThat(orderWaits()).isFalse();
        supplier.pcids.put(machine.ueid, List.of(RENEWED));
        icf.refuse(null);
        world.await("order", this::orderWaits);
        assertThat(icf.activated).containsOnly(RENEWED);
    }
}
