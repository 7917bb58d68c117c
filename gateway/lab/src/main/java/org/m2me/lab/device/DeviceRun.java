// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.m2me.lab.network.LabNetwork;
import org.m2me.lab.trace.AirMeter;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.lab.trace.Traces;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** One device from switching on until its agent ends. */
public final class DeviceRun implements AutoCloseable {
    private final LabDevice device;
    private final boolean tampered;
    private final DeviceTrace trace;
    private final AirMeter meter = new AirMeter();
    private final EmulatedHardware hardware;
    private final CountDownLatch measured = new CountDownLatch(1);
    private volatile Optional<AirMeter.Reading> untilConfirmed = Optional.empty();
    private volatile Optional<AgentProcess> agent = Optional.empty();
    private volatile int status = -1;

    /**
     * Puts a device beside its hardware; it is off.
     *
     * @param tampered whether it was changed after it left the factory
     * @param attached told the network and the subscription of each attachment
     */
    public DeviceRun(
            LabDevice device, boolean tampered, Surroundings around, Instant now, BiConsumer<String, String> attached)
            throws IOException {
        this.device = device;
        this.tampered = tampered;
        this.trace = around.traces()
                .open(now, device.ueid().hex(), device.made().pcid().toString());
        around.traces().onEvent(this::confirmed);
        this.hardware = new EmulatedHardware(device, around.network(), meter, around.air(), attached);
    }

    /** What is around every device. */
    public record Surroundings(LabNetwork network, Traces traces, EmulatedHardware.Air air) {}

    private void confirmed(DeviceTrace which, StepEvent event) {
        if (which == trace && event.step() == Step.PROVISION_MCIM && event.code() == ResultCode.OK) {
            untilConfirmed = Optional.of(meter.read());
        }
    }

    /** Switches it on. @param once whether its agent ends after the first telemetry */
    public void switchOn(Path runtime, boolean once) throws IOException {
        agent = Optional.of(AgentProcess.start(device, runtime, hardware.board(), once, this::follow));
    }

    private void follow(String line) {
        if (line.contains("\"event\":\"state\"")
                && !line.contains("\"to\":\"STARTING\"")
                && !line.contains("\"to\":\"MEASURING\"")) {
            measured.countDown();
        }
    }

    /** Waits until the agent has started and measured itself, or ended. */
    public void awaitMeasured(Duration limit) throws InterruptedException {
        long end = limit.toMillis();
        for (long waited = 0; waited < end && agent.map(AgentProcess::isRunning).orElse(false); waited += 100) {
            if (measured.await(100, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** Waits for the agent to end. */
    public void await(Duration limit) throws InterruptedException {
        status = agent.orElseThrow(() -> new IllegalStateException(device + " is off"))
                .await(limit);
    }

    public LabDevice device() {
        return device;
    }

    public boolean isTampered() {
        return tampered;
    }

    public DeviceTrace trace() {
        return trace;
    }

    /** What went over the air, all of it. */
    public AirMeter.Reading air() {
        return meter.read();
    }

    /** What went over the air from the first DTLS packet to the confirmation of the MCIM; empty if it did not come so far. */
    public Optional<AirMeter.Reading> airUntilConfirmed() {
        return untilConfirmed;
    }

    public Optional<AgentProcess> agent() {
        return agent;
    }

    /** The settings of the board that only its emulated hardware knows, by key. */
    public Map<String, String> board() {
        return hardware.board();
    }

    /** The agent's exit status; -1 while it runs. */
    public int status() {
        return status;
    }

    @Override
    public void close() {
        agent.ifPresent(AgentProcess::close);
        hardware.close();
    }
}
