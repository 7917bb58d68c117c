// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

/** The resources that a device sees, by their short names on the air, the limits of each, and who answers. */
public enum DeviceResource {
    /** POST {@link Register}, answers {@link RegisterAnswer}; for the DRF. */
    REGISTER("r", 256),
    /** GET, answers a {@link Mail} or nothing; subscriber, DRF, PVA and DPF are asked in this order. */
    MAIL("m", 0),
    /** POST evidence, answers a {@link Verdict}; for the PVA. */
    EVIDENCE("e", 2304),
    /** POST {@link ProvisioningReport}, answers a {@link Verdict}; for the DPF. */
    REPORT("p", 512),
    /** POST {@link Telemetry}, answers a {@link Verdict}; for the subscriber. */
    TELEMETRY("t", 1024),
    /** POST {@link OrderAnswer}, answers a {@link Verdict}; for the subscriber. */
    ORDER("o", 64),
    /** POST {@link Release}, answers a {@link ReleaseAcknowledgement}; for the DRF, which asks the operator it names. */
    RELEASE("x", 256),
    /** POST {@link Relay}, answers a {@link Verdict}; for the DPF. */
    RELAY("a", 1536),
    /** POST {@link ActivationRequest}, answers a signed {@link Activation} or nothing newer; for the subscriber. */
    ACTIVATION("v", 16);

    private final String path;
    private final int sizeMax;

    DeviceResource(String path, int sizeMax) {
        this.path = path;
        this.sizeMax = sizeMax;
    }

    /** One letter: paths go over the air in every request. */
    public String path() {
        return path;
    }

    /** Largest request body in bytes. */
    public int sizeMax() {
        return sizeMax;
    }
}
