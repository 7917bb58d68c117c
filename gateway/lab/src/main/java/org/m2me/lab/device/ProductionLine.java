// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.m2me.agent.AgentConfiguration;
import org.m2me.agent.ConfigurationException;
import org.m2me.agent.measure.Component;
import org.m2me.agent.measure.Measurement;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.lab.fault.Interference;
import org.m2me.operators.Supplier;
import org.m2me.operators.Supplier.Made;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.pki.Certificate;

/**
 * Makes devices: puts the firmware on their storage, has their Trusted Environments make keys, has the supplier certify
 * them, and puts in what the supplier returns. Every device gets the same files, so one set of reference values serves.
 */
public final class ProductionLine {
    private final Firmware firmware;
    private final Interference interference;
    private final Supplier supplier;
    private final Certificate operators;
    private final SecureRandom random;
    private final TrustedEnvironmentProvider trustedEnvironments;

    /**
     * A line that stands still yet.
     *
     * @param operators from where gateways and operators come, put into each device
     * @param interference what may harm the disks of devices
     */
    public ProductionLine(
            Firmware firmware,
            Supplier supplier,
            Certificate operators,
            SecureRandom random,
            Interference interference) {
        this.firmware = firmware;
        this.interference = interference;
        this.supplier = supplier;
        this.operators = operators;
        this.random = random;
        this.trustedEnvironments = Firmware.trustedEnvironments();
    }

    /** One device, ready to be sold. */
    public LabDevice make(int number, Path directory, PcidWay way) throws IOException, Refused {
        firmware.install(directory);
        Path store = Files.createDirectories(directory.resolve("tre"));
        interference.disk(LabDevice.name(number), store);
        interference.disk(LabDevice.name(number), directory.resolve("state"));
        TrustedEnvironmentProvider.Blank blank = trustedEnvironments.make(store, random);
        Made made = supplier.make(new Supplier.Blank(
                new Ueid(Opaque.of(blank.ueid())),
                firmware.model(),
                Opaque.of(blank.platformKey()),
                Opaque.of(blank.transportKey()),
                Opaque.of(blank.agreementKey()),
                new Nonce(Opaque.of(blank.pcidNonce())),
                way));
        personalise(store, made);
        return new LabDevice(number, directory, made);
    }

    private void personalise(Path store, Made made) throws IOException {
        try {
            trustedEnvironments.personalise(
                    store,
                    new TrustedEnvironmentProvider.Personalisation(
                            made.platformCertificate().bytes(),
                            made.transportCertificate().bytes(),
                            List.of(operators.der()),
                            made.supplierCertificate().bytes(),
                            made.pcidEnvelope().bytes(),
                            made.ownerToken().bytes()),
                    random);
        } catch (TrustException refused) {
            throw new IOException("personalisation of " + made.device() + ": " + refused.getMessage(), refused);
        }
    }

    /** Measures a device that is as it should be, and publishes what was found as the reference for its model. */
    public List<MeasuredComponent> release(LabDevice golden) throws IOException, Refused {
        List<MeasuredComponent> components = new ArrayList<>();
        for (Component component : components(golden)) {
            Measurement found = component.measure();
            components.add(new MeasuredComponent(found.component(), found.version(), found.digest()));
        }
        supplier.release(firmware.model(), components);
        return components;
    }

    private List<Component> components(LabDevice golden) throws IOException {
        try {
            return AgentConfiguration.load(golden.configuration(), Map.of("java.home", firmware.runtime()))
                    .components();
        } catch (ConfigurationException wrong) {
            throw new IOException(wrong.getMessage(), wrong);
        }
    }
}
