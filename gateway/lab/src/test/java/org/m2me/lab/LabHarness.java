// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.m2me.lab.console.Terminal;
import org.m2me.lab.device.DeviceRun;
import org.m2me.lab.device.LabDevice;
import org.m2me.lab.fault.Aboard;
import org.m2me.lab.fault.Expected;
import org.m2me.lab.fault.Interference;
import org.m2me.lab.fault.Invariants;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Procedure;

/** A lab for a test: the same parts as the command's, without the console. */
final class LabHarness implements AutoCloseable {
    static final Duration DEVICE_LIMIT = Duration.ofMinutes(3);
    /** A database is locked for as long as each of the others' calls waits for it, once for each kind of call. */
    private static final int ORDER_TRIES = 10;

    private static final SecureRandom RANDOM = new SecureRandom();

    final Options options;
    final Lab lab;
    private final List<DeviceRun> runs = new ArrayList<>();

    LabHarness(Options options, Path directory) throws IOException {
        this(options, directory, Interference.NONE);
    }

    LabHarness(Options options, Path directory, Interference interference) throws IOException {
        this.options = options;
        this.lab = new Lab(options, world(), directory, interference);
    }

    private static Lab.World world() {
        Clock clock = Clock.systemUTC();
        return new Lab.World(
                Path.of(System.getProperty("m2me.agent")),
                Path.of(System.getProperty("m2me.boards")).resolve("laptop-emulated.properties"),
                Path.of(System.getProperty("java.home")),
                clock,
                System::nanoTime,
                RANDOM);
    }

    /** Makes the devices and puts each beside its hardware. @param tampered number of the one that is changed; 0 for none */
    List<DeviceRun> place(int tampered) throws IOException, Refused {
        for (LabDevice device : lab.make()) {
            if (device.number() == tampered) {
                Lab.tamper(device);
            }
            runs.add(lab.place(device, device.number() == tampered, (network, imsi) -> {}));
        }
        return List.copyOf(runs);
    }

    /** Runs one device to its end. */
    Outcome live(DeviceRun run) throws IOException, InterruptedException {
        lab.switchOn(run);
        run.await(DEVICE_LIMIT);
        return outcome(run);
    }

    /** How a device fared that has ended; the subscriber has to be there to be asked. */
    Outcome outcome(DeviceRun run) {
        return Outcome.of(run, options.cellular(), lab.network().subscriber());
    }

    private Supervision supervision() {
        return new Supervision(lab, Clock.systemUTC());
    }

    /** Runs one device until it is at work, its agent started again whenever it ends; nothing may be broken then. */
    void arrives(DeviceRun run, Duration limit) throws Exception {
        Outcome outcome = supervision().arrive(run, limit);
        assertThat(outcome.good()).as(outcome.words()).isTrue();
        assertThat(new Invariants(lab.network(), Clock.systemUTC()).settle(List.of(Expected.first(run))))
                .isEmpty();
    }

    /** Runs one device until it is at work, and leaves it so. */
    void works(DeviceRun run, Duration limit) throws Exception {
        Outcome outcome = supervision().work(run, limit);
        assertThat(outcome.good()).as(outcome.words()).isTrue();
    }

    /** What is true once. */
    interface Condition {
        boolean holds() throws Refused;
    }

    /** Lets a device work, its agent started again whenever it ends, until a condition holds. */
    void keepsOn(DeviceRun run, Duration limit, Condition condition) throws Exception {
        Outcome outcome = supervision().keepOn(run, limit, () -> {
            try {
                return new Outcome(run, condition.holds(), "not yet");
            } catch (Refused | Unavailable harmed) {
                return new Outcome(run, false, String.valueOf(harmed.getMessage()));
            }
        });
        assertThat(outcome.good()).as(outcome.words()).isTrue();
    }

    /** Has the modem of a device that is off leave its network; then every byte that it carried has to be charged once. */
    void isChargedOnce(Expected expected) throws Exception {
        expected.run().leave();
        assertThat(new Invariants(lab.network(), Clock.systemUTC()).settleCharges(List.of(expected)))
                .isEmpty();
    }

    /** Lets a device that is at work send once more, so that it owes nobody anything, and switches it off. */
    void retires(DeviceRun run, Duration limit) throws Exception {
        Outcome outcome = supervision().sendAgain(run, limit);
        assertThat(outcome.good()).as(outcome.words()).isTrue();
        run.switchOff();
    }

    /**
     * Switches a device off that is at work; nothing may be broken then on board, nor in what the other operator wrote or
     * anybody charged. It is started once more before, and sends at once: so it owes nobody anything.
     */
    void isOffAndSound(Expected expected, Duration limit) throws Exception {
        DeviceRun run = expected.run();
        run.switchOff();
        Outcome outcome = supervision().workAgain(run, limit);
        assertThat(outcome.good()).as(outcome.words()).isTrue();
        run.switchOff();
        assertThat(new Aboard(RANDOM).broken(expected)).isEmpty();
        assertThat(new Invariants(lab.network(), Clock.systemUTC()).secrecy()).isEmpty();
        isChargedOnce(expected);
    }

    /** Has the owner of a device that is at work order something; nothing may be broken when it is done. */
    void changes(DeviceRun run, Procedure procedure, Duration limit) throws Exception {
        Clock clock = Clock.systemUTC();
        run.trace().begin(procedure, clock.instant());
        order(run.device().ueid(), procedure);
        Outcome outcome = supervision().change(run, procedure, limit);
        assertThat(outcome.good()).as(outcome.words()).isTrue();
        assertThat(new Invariants(lab.network(), clock).settle(List.of(Expected.after(run, procedure))))
                .isEmpty();
    }

    /** Orders as a person would, who asks again while another call's fault has the owner's database locked (2 s a try). */
    private void order(Ueid device, Procedure procedure) throws Refused {
        for (int tries = 1; ; tries++) {
            try {
                lab.network().subscriber().change(device, procedure, Lab.OTHER_OPERATOR);
                return;
            } catch (Refused busy) {
                if (busy.code() != ResultCode.BUSY || tries == ORDER_TRIES) {
                    throw busy;
                }
            }
        }
    }

    /** What a person sees of the whole story. */
    static String told(Options options, Path directory) throws Exception {
        try (LabHarness lab = new LabHarness(options, directory)) {
            return lab.told();
        }
    }

    /** What a person sees of the whole story. */
    String told() throws Exception {
        return told(terminal -> new Story(options, terminal, Clock.systemUTC()::instant).tell(lab));
    }

    /** What a person sees of the second act of a device that is at work. */
    String secondAct(DeviceRun run, ChangeWay way) throws Exception {
        return told(terminal ->
                new SecondAct(way, options.cellular(), terminal, Clock.systemUTC()::instant).play(lab, List.of(run)));
    }

    /** What writes to a terminal. */
    private interface Teller {
        void tell(Terminal terminal) throws Exception;
    }

    private static String told(Teller teller) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        teller.tell(new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false));
        String told = out.toString(StandardCharsets.UTF_8);
        System.out.print(told); // the table is worth a look in the build's log
        return told;
    }

    @Override
    public void close() {
        runs.forEach(DeviceRun::close);
        lab.close();
    }
}
