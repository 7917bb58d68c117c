// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.m2me.lab.network.LabNetwork;
import org.m2me.lab.radio.Carried;
import org.m2me.lab.trace.AirMeter;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.lab.trace.Traces;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** One device from switching on until its agent ends. */
public final class DeviceRun implements AutoCloseable {
    private static final Pattern STATE = Pattern.compile("\"event\":\"state\".*\"to\":\"([A-Z_]+)\"");
    private static final Pattern RENEWED =
            Pattern.compile("\"event\":\"pcid-renewed\".*\"pcid\":\"(\\d+)\",\"expires\":\"([^\"]*)\"");

    private final LabDevice device;
    private final boolean tampered;
    private final DeviceTrace trace;
    private final AirMeter meter = new AirMeter();
    private final ActivationWatch activation = new ActivationWatch();
    private final EmulatedHardware hardware;
    private final Traces traces;
    private final CompletableFuture<Renewed> renewed = new CompletableFuture<>();
    private volatile Optional<AirMeter.Reading> untilConfirmed = Optional.empty();
    private volatile Optional<AgentProcess> agent = Optional.empty();
    private volatile int status = -1;
    private boolean closed;
    private volatile String state = "OFF";
    private volatile String imsi = "";
    private volatile Consumer<String> onState = reached -> {};
    private volatile Consumer<String> onEvent = line -> {};

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
        this.traces = around.traces();
        traces.onEvent(this::confirmed);
        this.hardware = new EmulatedHardware(device, around.network(), meter, around.air(), (network, identity) -> {
            imsi = identity;
            attached.accept(network, identity);
        });
    }

    /**
     * A PCID that took the place of the one before.
     *
     * @param expires end of its lifetime
     */
    public record Renewed(String pcid, String expires) {}

    /** Done when the device has a new PCID. */
    public CompletableFuture<Renewed> renewed() {
        return renewed;
    }

    /** What is around every device. */
    public record Surroundings(LabNetwork network, Traces traces, EmulatedHardware.Air air) {}

    private void confirmed(DeviceTrace which, StepEvent event) {
        if (which == trace && event.step() == Step.PROVISION_MCIM && event.code() == ResultCode.OK) {
            untilConfirmed = Optional.of(meter.read());
        }
    }

    /** Switches it on. @param once whether its agent ends after the first telemetry */
    public synchronized void switchOn(Path runtime, boolean once) throws IOException {
        if (closed) { // by who stops the lab, while another thread sees its agent end for that
            throw new IOException(device + " has been taken away");
        }
        status = -1;
        agent = Optional.of(AgentProcess.start(device, runtime, hardware.board(), once, this::follow));
    }

    private void follow(String line) {
        activation.follow(line);
        Matcher changed = STATE.matcher(line);
        if (changed.find()) {
            state = changed.group(1);
            onState.accept(state);
        }
        Matcher pcid = RENEWED.matcher(line);
        if (pcid.find()) {
            traces.name(trace, pcid.group(1));
            renewed.complete(new Renewed(pcid.group(1), pcid.group(2)));
        }
        onEvent.accept(line);
    }

    /** The state that its agent reported last. */
    public String state() {
        return state;
    }

    /** Told each state that its agent reports, on the thread that reads the reports. */
    public void onState(Consumer<String> listener) {
        onState = listener;
    }

    /** Told each line that its agent writes, on the same thread, after everything else was done with it. */
    public void onEvent(Consumer<String> listener) {
        onEvent = listener;
    }

    /** The subscription or PCID with which it attached last; empty if it never did. */
    public String imsi() {
        return imsi;
    }

    /** Waits for the agent to end. */
    public void await(Duration limit) throws InterruptedException {
        status = agent.orElseThrow(() -> new IllegalStateException(device + " is off"))
                .await(limit);
    }

    /** Takes its power away. */
    public void cut() {
        agent.ifPresent(AgentProcess::cut);
    }

    /** Has its agent end by itself, and the hardware stay. */
    public void switchOff() {
        agent.ifPresent(AgentProcess::close);
    }

    /** Has the modem of a device that is off leave its network, too: all its sessions end. */
    public void leave() {
        hardware.leave();
    }

    /** Leaves it switched off for a while. */
    public void rest(Duration pause) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
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

    /** What became of its application activation. */
    public ActivationWatch activation() {
        return activation;
    }

    /** What its modem has sent and received, by subscription. */
    public Carried carried() {
        return hardware.carried();
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
    public synchronized void close() {
        closed = true;
        agent.ifPresent(AgentProcess::close);
        hardware.close();
    }
}
