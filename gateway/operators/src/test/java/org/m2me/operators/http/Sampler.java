// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.m2me.operators.AllowedTo;
import org.m2me.operators.OfCaller;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/** An interface with every type that role interfaces use. */
public interface Sampler {
    /** Names and numbers. */
    record Names(Imsi imsi, Pcid pcid, Plmn plmn, Ueid ueid, Nonce nonce, Opaque opaque, Certificate certificate) {}

    /** Structure. */
    record Shapes(
            String text,
            int narrow,
            long wide,
            boolean flag,
            ResultCode code,
            Instant at,
            Duration length,
            Optional<Opaque> present,
            Optional<Opaque> absent,
            List<Names> list,
            SortedMap<String, Long> readings) {}

    /** In the name of somebody. */
    record Signed(@OfCaller Plmn operator) {}

    @AllowedTo("sho")
    Names names(Names names) throws Refused;

    @AllowedTo("sho")
    Shapes shapes(Shapes shapes) throws Refused;

    @AllowedTo("sho")
    List<Names> several(List<Names> list, Optional<Names> one, long number) throws Refused;

    @AllowedTo("sho")
    Optional<Opaque> maybe(Optional<Opaque> value) throws Refused;

    @AllowedTo("sho")
    AkaKey key(AkaKey key, SecretBytes more) throws Refused;

    @AllowedTo("sho")
    List<AuthenticationVector> vectors() throws Refused;

    @AllowedTo("sho")
    void refuse(ResultCode code) throws Refused;

    @AllowedTo("sho")
    void fail() throws Refused;

    @AllowedTo({"sho", "vno"})
    void sign(Signed signed) throws Refused;

    @AllowedTo("sho")
    void introduce(@OfCaller String name) throws Refused;

    @AllowedTo("sho")
    void serve(@OfCaller(wholeName = true) String node) throws Refused;

    @AllowedTo("sho")
    void hang() throws Refused;

    /** Nobody may. */
    void forgotten() throws Refused;
}
