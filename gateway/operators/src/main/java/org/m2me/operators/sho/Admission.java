// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.m2me.operators.Dpf;
import org.m2me.operators.Regulator.What;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.Contract;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.audit.AuditDebts.Deed;
import org.m2me.operators.sho.McimIssuer.Recipient;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.sho.campaign.CampaignEngine;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.Steps.Carried;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a validation to the authorisation that the DPF is owed: by a result that is the PVA's and suffices, where the
 * regulator permits it, or not at all.
 */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final Parts parts;
    private final Permits permits;
    private final Endings endings;
    private final McimIssuer issuer;

    Admission(Parts parts, Permits permits, Endings endings) {
        this.parts = parts;
        this.permits = permits;
        this.endings = endings;
        this.issuer = new McimIssuer(parts.context(), parts.settings());
    }

    /**
     * What the regulator says to an authorisation: OK, or why there may be none. To be asked outside of any transaction.
     *
     * @throws Refused UNAVAILABLE if it does not answer: then nothing is decided
     */
    ResultCode ruling(Registration asked) throws Refused {
        return permits.ask(asked.procedure(), asked.device());
    }

    /** What the PVA reported of a registration. @param ruling the regulator's, of a result that suffices */
    void decide(Sho.Validation validation, Nonce nonce, Appraiser.Decision decision, ResultCode ruling) {
        parts.database().change(connection -> {
            Registration asked = Registrations.find(connection, nonce).orElseThrow();
            if (asked.state() != Progress.VALIDATING) {
                return; // repeated after a lost answer, or given up by the device
            }
            ResultCode code = decision.code();
            if (decision.result().isPresent()) {
                AttestationResult result = decision.result().get();
                code = admit(connection, asked, result, result.nonce(), ruling);
            }
            if (code != ResultCode.OK) {
                LOG.info("registration {} of {}: {}: {}", asked.nonce(), asked.device(), code, decision.reason());
                refuse(connection, asked, code);
            }
            // The PVA's own no was said in step 9; here it arrived as it should.
            ResultCode ours = validation.code() == ResultCode.OK ? code : ResultCode.OK;
            String carried = validation.code() == ResultCode.OK ? "validation result" : "no: " + validation.code();
            int size = validation.result().map(Opaque::length).orElse(0);
            report(asked, ours, new Carried(carried, size, 0));
        });
    }

    /** A result of the IVF, found good for this registration, and the regulator's ruling; within a transaction. */
    void rely(Connection connection, Registration asked, AttestationResult result, ResultCode ruling)
            throws SQLException {
        ResultCode code = admit(connection, asked, result, Optional.empty(), ruling);
        if (code != ResultCode.OK) {
            refuse(connection, asked, code);
        }
        report(asked, code, new Carried("authentic; kept result of " + result.issued(), 0, 0));
    }

    /** The PVA does not vouch for the device's credential; within a transaction. */
    void disown(Connection connection, Registration asked, ResultCode code) throws SQLException {
        LOG.info("registration {} of {}: authenticity: {}", asked.nonce(), asked.device(), code);
        refuse(connection, asked, code);
        report(asked, ResultCode.OK, new Carried("no: " + code, 0, 0));
    }

    private void report(Registration asked, ResultCode code, Carried carried) {
        parts.steps().report(Step.REPORT_VALIDATION, asked.device().hex(), code, carried);
    }

    private void refuse(Connection connection, Registration asked, ResultCode code) throws SQLException {
        endings.end(connection, asked, code);
        Holds.place(connection, asked.device(), code, parts.now());
    }

    private ResultCode admit(
            Connection connection,
            Registration asked,
            AttestationResult result,
            Optional<Nonce> challenge,
            ResultCode ruling)
            throws SQLException {
        if (ruling == ResultCode.OK) {
            return provision(connection, asked, result, challenge);
        }
        LOG.info("registration {} of {}: the regulator stands against it", asked.nonce(), asked.device());
        parts.audit().owe(connection, authorization(asked).with(ruling));
        return ruling;
    }

    private Deed authorization(Registration asked) {
        return Deed.of(
                        What.AUTHORIZED,
                        asked.nonce(),
                        asked.device(),
                        parts.settings().operator())
                .in(asked.procedure());
    }

    /**
     * Everything that an authorisation rests on, in one transaction: at most one subscription for a registration.
     *
     * @param challenge that the result answers, if it was made for this registration
     */
    private ResultCode provision(
            Connection connection, Registration asked, AttestationResult result, Optional<Nonce> challenge)
            throws SQLException {
        Optional<Contract> contract = parts.contracts().find(connection, asked.device());
        if (contract.isEmpty()) {
            return ResultCode.NO_CONTRACT;
        }
        if (challenge.isPresent() && Registrations.hasServed(connection, challenge.get())) {
            return ResultCode.EVIDENCE_STALE;
        }
        parts.subscriptions().releaseUnused(connection, asked);
        long serial = Registrations.authorize(connection, asked, challenge, result);
        Recipient recipient = new Recipient(asked, contract.get(), result.agreementKey(), serial);
        Dpf.Order order;
        if (parts.settings().delegation().isPresent()) {
            order = issuer.order(recipient);
        } else {
            Optional<Subscription> allocated = parts.subscriptions().allocate(connection, asked);
            if (allocated.isEmpty()) {
                return ResultCode.QUOTA;
            }
            try (Subscription subscription = allocated.get()) {
                order = issuer.order(recipient, subscription);
            }
        }
        parts.outbox().add(connection, Owed.AUTHORIZE, asked.nonce().toString(), McimIssuer.encode(order));
        TimeLimit.set(
                parts.outbox(), connection, asked.nonce(), parts.settings().authorisation());
        parts.audit().owe(connection, authorization(asked));
        return ResultCode.OK;
    }

    /** What became of a provisioning, by the device's own word. @throws Refused FORBIDDEN if it is not that */
    void conclude(Sho.Outcome outcome, Registration asked) throws Refused {
        long generation = Appraiser.verify(outcome, asked).storeGeneration();
        parts.database().change(connection -> {
            Registration now = Registrations.find(connection, asked.nonce()).orElseThrow();
            boolean again = now.state() == Progress.PROVISIONED;
            if (now.imsi().isEmpty() || (again && generation <= now.reportGeneration())) {
                return; // repeated after a lost answer, or the subscription is gone for good
            }
            Registrations.reported(connection, now.nonce(), generation);
            if (outcome.code() == ResultCode.OK) {
                installed(connection, now, again);
            } else {
                failed(connection, now, outcome.code());
            }
            TimeLimit.end(parts.outbox(), connection, now.nonce());
            int size = outcome.report().length();
            parts.steps()
                    .report(
                            Step.REPORT_STATUS,
                            now.device().hex(),
                            outcome.code(),
                            new Carried("status " + outcome.code(), size, 0));
        });
    }

    private void failed(Connection connection, Registration now, ResultCode code) throws SQLException {
        parts.subscriptions().release(connection, now);
        Registrations.move(connection, now.nonce(), Progress.FAILED, code);
        if (code == ResultCode.AUTHENTICATION_FAILED) { // else it never had it, and answers the order itself
            parts.outbox().add(connection, Owed.FELL_BACK, now.nonce().toString(), Parts.NOTHING_MORE);
            CampaignEngine.fellBack(connection, now.device(), now.number(), parts.now());
        }
    }

    /** @param again whether it was on board already, and the device has switched to it now */
    private void installed(Connection connection, Registration now, boolean again) throws SQLException {
        if (!again) {
            Registrations.move(connection, now.nonce(), Progress.PROVISIONED, ResultCode.OK);
            parts.subscriptions().releaseOthers(connection, now);
        }
        boolean inUse = switch (now.procedure()) {
            case CHANGE, PRISTINE -> true;
            case INITIAL, ADD, SWITCH, RENEWAL -> again;
        };
        if (inUse) {
            parts.outbox().add(connection, Owed.SUBSCRIBED, now.nonce().toString(), Parts.NOTHING_MORE);
        }
    }
}
