// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.net.ProtocolException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Peers;
import org.m2me.operators.Unavailable;
import org.m2me.operators.http.OcspClient;
import org.m2me.operators.pva.PvaSettings.SupplierTrust;
import org.m2me.operators.wiring.BoundedCalls;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificatePath;
import org.m2me.protocol.pki.CertificateRefused;
import org.m2me.protocol.pki.CertificateRefused.Reason;
import org.m2me.protocol.pki.Ocsp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticity: do platform credentials lead to their supplier, are they valid now, and were they not revoked? Each
 * supplier's responder is asked about all of them at once; about those that it leaves out, one by one.
 */
final class CredentialCheck implements AutoCloseable {
    /** RFC 9654: at least 16 bytes. */
    private static final int OCSP_NONCE_LENGTH = 16;

    /** For one answer: that of a supplier which is there takes milliseconds. */
    static final Duration ANSWER_WAIT = Duration.ofSeconds(5);

    /** Who asks waits for 30 s. By then the last answer has come; what nobody was asked about is to come again. */
    private static final Duration IN_ALL = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(CredentialCheck.class);

    private final Peers peers;
    private final Clock clock;
    private final SecureRandom random;
    private final Duration wait;
    private final OcspClient responders = new OcspClient();
    private final BoundedCalls suppliers = new BoundedCalls("ocsp");

    /** @param wait for one answer of a supplier's role */
    CredentialCheck(Peers peers, Clock clock, SecureRandom random, Duration wait) {
        this.peers = peers;
        this.clock = clock;
        this.random = random;
        this.wait = wait;
    }

    /** Passes only a credential that is good at this moment. @throws Refused as {@link #objections} */
    void pass(Enrolled one) throws Refused {
        raise(objections(List.of(one)).get(0));
    }

    /** Passes a credential that is in its time, and whose status is known. @throws Refused as {@link #objections} */
    void passDates(Enrolled one) throws Refused {
        raise(objection(one, () -> checkPath(one)));
    }

    private static void raise(Optional<Refused> objection) throws Refused {
        if (objection.isPresent()) {
            throw objection.get();
        }
    }

    /**
     * What stands against each, in their order; nothing if it is good at this moment: CREDENTIAL_EXPIRED,
     * CREDENTIAL_REVOKED, CREDENTIAL_INVALID; UNAVAILABLE when the supplier does not tell, or its credentials begin
     * later than our clock says, which decides nothing.
     */
    List<Optional<Refused>> objections(List<Enrolled> all) {
        Map<Certificate, Optional<Refused>> found = new HashMap<>();
        Instant end = clock.instant().plus(IN_ALL);
        all.stream()
                .collect(groupingBy(Enrolled::supplier))
                .forEach((supplier, its) -> lookAt(its.stream().distinct().toList(), end, found));
        return all.stream()
                .map(one -> Optional.ofNullable(found.get(one.credential())).orElseThrow())
                .toList();
    }

    /** @param its of one supplier; afterwards something is found of each */
    private void lookAt(List<Enrolled> its, Instant end, Map<Certificate, Optional<Refused>> found) {
        for (Enrolled one : its) {
            objection(one, () -> checkPath(one)).ifPresent(why -> found.put(one.credential(), Optional.of(why)));
        }
        List<Enrolled> valid =
                its.stream().filter(one -> !found.containsKey(one.credential())).toList();
        if (!valid.isEmpty() && clock.instant().isBefore(end)) {
            inquire(valid, found);
        }
        for (Enrolled one : valid) {
            if (!found.containsKey(one.credential()) && clock.instant().isBefore(end)) {
                inquire(List.of(one), found);
            }
            found.computeIfAbsent(one.credential(), unused -> Optional.of(unavailable(one, "not asked about in time")));
        }
    }

    /** Signatures that verified at enrolment are not verified again, as long as the supplier's authority is the same. */
    private void checkPath(Enrolled one) throws CertificateRefused {
        Certificate authority = one.trust().authority();
        if (one.issued()) {
            CertificatePath.checkDates(one.credential(), authority, clock.instant());
        } else {
            CertificatePath.verify(one.credential(), List.of(authority), clock.instant());
        }
    }

    /** Of a list whose answer cannot be relied on, or leaves somebody out, nothing is found yet. */
    private void inquire(List<Enrolled> its, Map<Certificate, Optional<Refused>> found) {
        try {
            Ocsp.Statuses told = ask(its);
            for (Enrolled one : its) {
                if (its.size() == 1 || told.name(one.credential())) {
                    found.put(one.credential(), objection(one, () -> told.check(one.credential())));
                }
            }
        } catch (CertificateRefused | ProtocolException unclear) {
            LOG.info(
                    "OCSP of supplier {}, {} certificates: {}",
                    its.get(0).supplier(),
                    its.size(),
                    unclear.getMessage());
            if (its.size() == 1) {
                found.put(its.get(0).credential(), Optional.of(unavailable(its.get(0), unclear.getMessage())));
            }
        } catch (Refused | Unavailable | IOException silent) {
            its.forEach(one -> found.put(one.credential(), Optional.of(unavailable(one, silent.getMessage()))));
        }
    }

    private Ocsp.Statuses ask(List<Enrolled> its) throws CertificateRefused, Refused, IOException {
        SupplierTrust trust = its.get(0).trust();
        byte[] nonce = new byte[OCSP_NONCE_LENGTH];
        random.nextBytes(nonce);
        byte[] request = Ocsp.request(its.stream().map(Enrolled::credential).toList(), trust.authority(), nonce);
        byte[] response = trust.responder().isPresent()
                ? responders.ask(trust.responder().get(), request)
                : suppliers
                        .within(
                                wait,
                                () -> peers.supplier(its.get(0).supplier()).ocsp(Opaque.of(request)))
                        .bytes();
        return Ocsp.read(response, trust.authority(), nonce, clock.instant());
    }

    /** Something that a credential has to pass. */
    @FunctionalInterface
    private interface Test {
        void run() throws CertificateRefused;
    }

    private static Optional<Refused> objection(Enrolled to, Test test) {
        try {
            test.run();
            return Optional.empty();
        } catch (CertificateRefused refused) {
            if (refused.reason() == Reason.NOT_YET_VALID) {
                LOG.warn("is a clock wrong, here or at supplier {}? {}", to.supplier(), refused.getMessage());
            }
            ResultCode code = switch (refused.reason()) {
                case EXPIRED -> ResultCode.CREDENTIAL_EXPIRED;
                case REVOKED -> ResultCode.CREDENTIAL_REVOKED;
                case MALFORMED, UNTRUSTED, STATUS_UNKNOWN -> ResultCode.CREDENTIAL_INVALID;
                case NOT_YET_VALID, STATUS_NOT_TOLD -> ResultCode.UNAVAILABLE;
            };
            return Optional.of(new Refused(code, "platform credential: " + refused.getMessage()));
        }
    }

    private static Refused unavailable(Enrolled one, @Nullable String why) {
        return new Refused(ResultCode.UNAVAILABLE, "OCSP of supplier " + one.supplier() + ": " + why);
    }

    @Override
    public void close() {
        suppliers.close();
    }
}
