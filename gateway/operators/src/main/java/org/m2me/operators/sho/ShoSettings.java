// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.time.Duration;
import java.util.Optional;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.ImsiRange;
import org.m2me.operators.gsup.GsupSettings;
import org.m2me.operators.sho.campaign.Forecast;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;

/**
 * How an operator provisions.
 *
 * @param pva the certificate of the PVA whose results are believed, common name {@code pva}
 * @param apn the operational access point, and where packets may go on it
 * @param authorisation how long the DPF may take to accept an order and the device to fetch its MCIM: an outage that is
 *     repaired in a day loses nothing; at most a day
 * @param delegation present when the DPF makes the MCIMs from rules
 * @param ivf present to ask the IVF in a change of operator, before the PVA is asked to validate
 * @param gsup present to be also the HLR of core networks' own equipment, the operator's and others'
 */
public record ShoSettings(
        Plmn operator,
        ValidationPolicy policy,
        Certificate pva,
        Subscriptions subscriptions,
        ApnProfile apn,
        Duration authorisation,
        Optional<Delegation> delegation,
        Optional<Inquiries> ivf,
        Optional<GsupSettings> gsup) {
    /** Refuses IMSIs of another network, which no visited network would bring here, and those that two would give out. */
    public ShoSettings {
        boolean own = operator.isHomeOf(subscriptions.imsis().first())
                && delegation
                        .map(Delegation::imsis)
                        .map(ImsiRange::first)
                        .filter(first -> !operator.isHomeOf(first))
                        .isEmpty();
        if (!own) {
            throw new IllegalArgumentException("settings of " + operator + ": IMSIs of another network");
        }
        if (delegation
                .map(Delegation::imsis)
                .filter(subscriptions.imsis()::overlaps)
                .isPresent()) {
            throw new IllegalArgumentException("settings of " + operator
                    + ": the DPF's IMSIs are some of the operator's own; give it a range of its own");
        }
    }

    /**
     * How subscriptions are made.
     *
     * @param pool how many are kept made in advance; 0 makes each when it is needed
     * @param op the operator's OP or TOP; without it each subscription gets an OPc or TOPc of its own at random
     */
    public record Subscriptions(ImsiRange imsis, int pool, AkaAlgorithm algorithm, Optional<SecretBytes> op) {
        public Subscriptions {
            if (algorithm.isForTests()) {
                throw new IllegalArgumentException(
                        "subscriptions: " + algorithm + " is for imported test profiles only");
            }
        }
    }

    /**
     * What results of the IVF are good for.
     *
     * @param writesMax by how much a device's store generation may be ahead of the result; empty for any number
     */
    public record Inquiries(Optional<Long> writesMax) {}

    /**
     * What the DPF makes MCIMs with.
     *
     * @param imsis of which this operator gives out none itself
     * @param opc OPc or TOPc of each of them
     * @param certificate named as the operator, for the key
     * @param key that the DPF signs MCIMs with, a different one from the operator's own
     */
    public record Delegation(ImsiRange imsis, SecretBytes opc, Certificate certificate, P256PrivateKey key) {}

    /** What campaigns ask the IVF about devices. */
    Forecast.Question question() {
        return new Forecast.Question(
                operator, policy.id(), policy.requiredComponents(), ivf.flatMap(Inquiries::writesMax));
    }
}
