// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.evidence;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cbor.CborMap;
import org.m2me.protocol.cbor.CborValue;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.Signer;

/**
 * What a supplier says its devices should measure: a CoRIM with one CoMID (draft-ietf-rats-corim, subset) in a
 * COSE_Sign1. From supplier to PVA only, never on the air.
 *
 * @param id of the set, at most 64 bytes
 * @param version of the set, counts up
 * @param vendor at most 64 bytes
 * @param model the hardware model it is for; see {@link Evidence#hardwareModel()}
 * @param notBefore cut to whole seconds
 * @param notAfter cut to whole seconds
 * @param components every component a device of this model must report, 1 to 16, each name once
 */
public record ReferenceValues(
        String id,
        long version,
        String vendor,
        String model,
        Instant notBefore,
        Instant notAfter,
        List<MeasuredComponent> components) {
    private static final String CONTENT_TYPE = "application/rim+cbor";

    // draft-ietf-rats-corim-11: tags, then the keys of each map.
    private static final long CORIM_TAG = 501;
    private static final long COMID_TAG = 506;
    private static final long TIME_TAG = 1;

    private static final long CORIM_ID = 0;
    private static final long CORIM_TAGS = 1;
    private static final long CORIM_VALIDITY = 4;
    private static final long NOT_BEFORE = 0;
    private static final long NOT_AFTER = 1;

    private static final long COMID_TAG_IDENTITY = 1;
    private static final long COMID_TRIPLES = 4;
    private static final long TAG_ID = 0;
    private static final long TAG_VERSION = 1;
    private static final long REFERENCE_TRIPLES = 0;

    private static final long ENVIRONMENT_CLASS = 0;
    private static final long CLASS_VENDOR = 1;
    private static final long CLASS_MODEL = 2;

    private static final long MEASUREMENT_KEY = 0;
    private static final long MEASUREMENT_VALUES = 1;
    private static final long VALUE_VERSION = 0;
    private static final long VALUE_DIGESTS = 2;
    private static final long VERSION_TEXT = 0;

    /** @throws IllegalArgumentException if a part is out of its range */
    public ReferenceValues {
        notBefore = notBefore.truncatedTo(ChronoUnit.SECONDS);
        notAfter = notAfter.truncatedTo(ChronoUnit.SECONDS);
        components = List.copyOf(components);
        Claims.checkText("reference set", id, Claims.LONG_TEXT_MAX);
        Claims.checkText("vendor", vendor, Claims.LONG_TEXT_MAX);
        Claims.checkText("model", model, Claims.SHORT_TEXT_MAX);
        Claims.checkComponents(components.stream().map(MeasuredComponent::name).toList());
        if (version < 0 || notAfter.isBefore(notBefore)) {
            throw new IllegalArgumentException(
                    "reference set " + id + ": version " + version + ", from " + notBefore + " to " + notAfter);
        }
    }

    /** The set, signed. */
    public byte[] sign(Signer supplierKey) {
        CborMap validity = CborMap.builder()
                .put(NOT_BEFORE, CborValue.tagged(TIME_TAG, CborValue.of(notBefore.getEpochSecond())))
                .put(NOT_AFTER, CborValue.tagged(TIME_TAG, CborValue.of(notAfter.getEpochSecond())))
                .build();
        CborValue tag = CborValue.tagged(COMID_TAG, CborValue.of(comid().encode()));
        CborMap corim = CborMap.builder()
                .put(CORIM_ID, id)
                .put(CORIM_TAGS, CborValue.array(tag))
                .put(CORIM_VALIDITY, validity)
                .build();
        byte[] payload = CborValue.tagged(CORIM_TAG, CborValue.of(corim)).encode();
        return CoseSign1.sign(payload, CONTENT_TYPE, vendor, supplierKey);
    }

    /** @throws ForgedException if this is no set signed by this supplier */
    public static ReferenceValues verify(byte[] coseSign1, P256PublicKey supplierKey) throws ForgedException {
        byte[] payload = CoseSign1.parse(coseSign1).verify(supplierKey, CoseSign1.NO_PURPOSE);
        return Claims.read("reference values", () -> decode(CborValue.decode(payload)));
    }

    private CborMap comid() {
        CborMap environmentClass = CborMap.builder()
                .put(CLASS_VENDOR, vendor)
                .put(CLASS_MODEL, model)
                .build();
        CborMap environment =
                CborMap.builder().put(ENVIRONMENT_CLASS, environmentClass).build();
        CborValue measurements = CborValue.array(components.stream()
                .map(component -> CborValue.of(measurement(component)))
                .toList());
        CborValue triple = CborValue.array(CborValue.of(environment), measurements);
        CborMap triples = CborMap.builder()
                .put(REFERENCE_TRIPLES, CborValue.array(triple))
                .build();
        CborMap identity =
                CborMap.builder().put(TAG_ID, id).put(TAG_VERSION, version).build();
        return CborMap.builder()
                .put(COMID_TAG_IDENTITY, identity)
                .put(COMID_TRIPLES, triples)
                .build();
    }

    private static CborMap measurement(MeasuredComponent component) {
        CborMap.Builder values = CborMap.builder()
                .put(VALUE_DIGESTS, CborValue.array(MeasuredComponent.encodeDigest(component.sha256())));
        if (!component.version().isEmpty()) {
            values.put(
                    VALUE_VERSION,
                    CborMap.builder().put(VERSION_TEXT, component.version()).build());
        }
        return CborMap.builder()
                .put(MEASUREMENT_KEY, component.name())
                .put(MEASUREMENT_VALUES, values.build())
                .build();
    }

    static ReferenceValues decode(CborValue value) throws CborException {
        CborMap corim = value.untagged(CORIM_TAG).map();
        CborMap validity = corim.map(CORIM_VALIDITY);
        byte[] tag =
                corim.value(CORIM_TAGS).array(1, 1).get(0).untagged(COMID_TAG).bytes(1, Integer.MAX_VALUE);
        CborMap comid = CborMap.decode(tag);
        CborMap identity = comid.map(COMID_TAG_IDENTITY);
        List<CborValue> triple = comid.map(COMID_TRIPLES)
                .value(REFERENCE_TRIPLES)
                .array(1, 1)
                .get(0)
                .array(2, 2);
        CborMap environmentClass = triple.get(0).map().map(ENVIRONMENT_CLASS);
        String id = corim.text(CORIM_ID, Claims.LONG_TEXT_MAX);
        if (!identity.text(TAG_ID, Claims.LONG_TEXT_MAX).equals(id)) {
            throw new CborException("the CoMID is not that of set " + id);
        }
        return new ReferenceValues(
                id,
                Claims.count(identity, TAG_VERSION),
                environmentClass.text(CLASS_VENDOR, Claims.LONG_TEXT_MAX),
                environmentClass.text(CLASS_MODEL, Claims.SHORT_TEXT_MAX),
                Claims.instant(validity.value(NOT_BEFORE).untagged(TIME_TAG)),
                Claims.instant(validity.value(NOT_AFTER).untagged(TIME_TAG)),
                components(triple.get(1).array(1, Claims.COMPONENTS_MAX)));
    }

    private static List<MeasuredComponent> components(List<CborValue> measurements) throws CborException {
        List<MeasuredComponent> components = new ArrayList<>();
        for (CborValue measurement : measurements) {
            CborMap values = measurement.map().map(MEASUREMENT_VALUES);
            String version = values.has(VALUE_VERSION)
                    ? values.map(VALUE_VERSION).text(VERSION_TEXT, Claims.SHORT_TEXT_MAX)
                    : "";
            CborValue digest = values.value(VALUE_DIGESTS).array(1, 1).get(0);
            components.add(new MeasuredComponent(
                    measurement.map().text(MEASUREMENT_KEY, Claims.SHORT_TEXT_MAX),
                    version,
                    MeasuredComponent.decodeDigest(digest)));
        }
        return components;
    }
}
