// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.step;

import static org.m2me.protocol.step.Step.ACKNOWLEDGE_DISCARD;
import static org.m2me.protocol.step.Step.ANSWER_INQUIRY;
import static org.m2me.protocol.step.Step.ATTACH_WITH_PCID;
import static org.m2me.protocol.step.Step.AUTHORIZE_PROVISIONING;
import static org.m2me.protocol.step.Step.CONTACT_ICF;
import static org.m2me.protocol.step.Step.CONTACT_RO;
import static org.m2me.protocol.step.Step.DISCARD_OLD;
import static org.m2me.protocol.step.Step.DISCOVER_SHO;
import static org.m2me.protocol.step.Step.DOWNLOAD_MCIM;
import static org.m2me.protocol.step.Step.HAND_OVER_PARAMETERS;
import static org.m2me.protocol.step.Step.INSTRUCT;
import static org.m2me.protocol.step.Step.N3G_ACCESS;
import static org.m2me.protocol.step.Step.N3G_CONNECTIVITY;
import static org.m2me.protocol.step.Step.PROVIDE_CONNECTIVITY;
import static org.m2me.protocol.step.Step.PROVISION_MCIM;
import static org.m2me.protocol.step.Step.REGISTER_SUBSCRIPTION;
import static org.m2me.protocol.step.Step.REGISTER_WITH_SHO;
import static org.m2me.protocol.step.Step.RELAY_ACKNOWLEDGEMENT;
import static org.m2me.protocol.step.Step.REMOVE_MCIM;
import static org.m2me.protocol.step.Step.REPORT_DISCARD;
import static org.m2me.protocol.step.Step.REPORT_STATUS;
import static org.m2me.protocol.step.Step.REPORT_VALIDATION;
import static org.m2me.protocol.step.Step.REQUEST_AUTHENTICITY;
import static org.m2me.protocol.step.Step.REQUEST_VALIDATION;
import static org.m2me.protocol.step.Step.TRANSFER_VECTORS;
import static org.m2me.protocol.step.Step.VALIDATE;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The procedures, each as the specification numbers its steps. Some of its numbers are two steps here ({@link #PRISTINE}
 * 5: the VNO contacts the ICF, which transfers vectors). A step without a number is on the way and no step of the
 * specification's: in a change the device makes itself known to the new SHO by way of the DRF as it does at first.
 */
public enum Procedure {
    /** Initial provisioning, TR 33.812 5.1.3.7.1; over a non-3GPP provider 5.2.5.6.2, where two steps stand for four. */
    INITIAL(
            0,
            14,
            row(1, ATTACH_WITH_PCID, N3G_ACCESS),
            row(2, CONTACT_ICF),
            row(3, TRANSFER_VECTORS),
            row(4, PROVIDE_CONNECTIVITY, N3G_CONNECTIVITY),
            row(5, CONTACT_RO),
            row(6, DISCOVER_SHO),
            row(7, REGISTER_WITH_SHO),
            row(8, REQUEST_VALIDATION),
            row(9, VALIDATE),
            row(10, REPORT_VALIDATION),
            row(11, AUTHORIZE_PROVISIONING),
            row(12, DOWNLOAD_MCIM),
            row(13, PROVISION_MCIM),
            row(14, REPORT_STATUS)),
    /** Change of operator over the connectivity of the old one, TR 33.812 5.1.3.8.4.2. */
    CHANGE(
            1,
            14,
            row(1, HAND_OVER_PARAMETERS),
            row(2, INSTRUCT),
            row(3, REQUEST_AUTHENTICITY),
            row(4, ANSWER_INQUIRY, REQUEST_VALIDATION, VALIDATE),
            row(5, REPORT_VALIDATION),
            row(6, AUTHORIZE_PROVISIONING),
            row(7, DOWNLOAD_MCIM),
            row(8, DISCARD_OLD),
            row(9, REPORT_DISCARD),
            row(10, ACKNOWLEDGE_DISCARD),
            row(11, RELAY_ACKNOWLEDGEMENT),
            row(12, PROVISION_MCIM),
            row(13, REPORT_STATUS),
            row(14, REGISTER_SUBSCRIPTION)),
    /** Change of operator by way of the pristine state, TR 33.812 5.1.3.8.4.3. */
    PRISTINE(
            2,
            15,
            row(1, HAND_OVER_PARAMETERS),
            row(2, INSTRUCT),
            row(3, REMOVE_MCIM),
            row(4, ATTACH_WITH_PCID, N3G_ACCESS),
            row(5, CONTACT_ICF, TRANSFER_VECTORS),
            row(6, PROVIDE_CONNECTIVITY, N3G_CONNECTIVITY),
            row(7, CONTACT_RO),
            row(8, DISCOVER_SHO, REGISTER_WITH_SHO),
            row(9, REQUEST_AUTHENTICITY),
            row(10, ANSWER_INQUIRY, REQUEST_VALIDATION, VALIDATE),
            row(11, REPORT_VALIDATION),
            row(12, AUTHORIZE_PROVISIONING),
            row(13, DOWNLOAD_MCIM),
            row(14, PROVISION_MCIM),
            row(15, REPORT_STATUS)),
    /**
     * A second subscription comes on board beside the one in use: {@link #CHANGE} without its steps 8 to 11, for nothing
     * is discarded (5.1.3.8.4.2, "another variant").
     */
    ADD(
            3,
            14,
            row(1, HAND_OVER_PARAMETERS),
            row(2, INSTRUCT),
            row(3, REQUEST_AUTHENTICITY),
            row(4, ANSWER_INQUIRY, REQUEST_VALIDATION, VALIDATE),
            row(5, REPORT_VALIDATION),
            row(6, AUTHORIZE_PROVISIONING),
            row(7, DOWNLOAD_MCIM),
            row(12, PROVISION_MCIM),
            row(13, REPORT_STATUS)),
    /** The owner switches to the subscription that is on board already: of {@link #CHANGE} only what is left to do. */
    SWITCH(4, 14, row(2, INSTRUCT), row(12, PROVISION_MCIM), row(13, REPORT_STATUS), row(14, REGISTER_SUBSCRIPTION)),
    /**
     * The device gets a new credential for initial access, delivered like a MCIM (TR 33.812 5.1.3.8.4.3, "future
     * enhancements"). It touches no subscription, and the specification gives its steps no numbers.
     */
    RENEWAL(5, 0);

    private record Row(int number, List<Step> steps) {}

    private final int code;
    private final int last;

    @SuppressWarnings("ImmutableEnumChecker") // filled by the constructor and never again
    private final Map<Step, Integer> numbers = new EnumMap<>(Step.class);

    Procedure(int code, int last, Row... rows) {
        this.code = code;
        this.last = last;
        for (Row row : rows) {
            for (Step step : row.steps()) {
                numbers.put(step, row.number());
            }
        }
    }

    private static Row row(int number, Step... steps) {
        return new Row(number, List.of(steps));
    }

    /** What stands for this procedure on the wire. */
    public int code() {
        return code;
    }

    /** The highest number that the specification gives a step of this procedure, or 0. */
    public int last() {
        return last;
    }

    /** The specification's number of a step, from 1; empty if the step is none of this procedure's. */
    public OptionalInt number(Step step) {
        Integer number = numbers.get(step);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The steps that have a number, in their order. */
    public Set<Step> steps() {
        return Collections.unmodifiableSet(numbers.keySet());
    }

    /** Whether the device has a subscription when it begins, which stays in use until it is told otherwise. */
    public boolean isChange() {
        return this != INITIAL && this != RENEWAL;
    }

    /** @throws IllegalArgumentException if no procedure has this code */
    public static Procedure of(long code) {
        return Arrays.stream(values())
                .filter(procedure -> procedure.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("procedure: " + code + " is not known"));
    }
}
