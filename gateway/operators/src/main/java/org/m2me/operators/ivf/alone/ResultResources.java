// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.m2me.operators.Ivf.Standing;
import org.m2me.operators.http.ResourceServer.Asked;
import org.m2me.operators.http.ResourceServer.Resources;
import org.m2me.operators.http.ResourceServer.Told;
import org.m2me.operators.ivf.alone.Tokens.Kept;
import org.m2me.operators.ivf.alone.Tokens.Known;
import org.m2me.operators.store.StorageFailed;
import org.m2me.protocol.identity.Opaque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /results/DEVICE}: PUT what the verifier issued, GET whether it may be relied on, DELETE to withdraw it. */
final class ResultResources implements Resources {
    static final String PATH = "/results/";

    /** An EAR with the evidence in it. */
    static final int TOKEN_SIZE_MAX = 32 * 1024;

    /** In hexadecimal a UEID of the largest kind has 66. */
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9._~:-]{1,128}");

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int BUSY = 503;

    private static final Logger LOG = LoggerFactory.getLogger(ResultResources.class);

    /** Which claim has to name the device. */
    enum DeviceClaim {
        UEID,
        SUB,
        /** None: whoever PUTs says which device it is. */
        NONE
    }

    /**
     * Who may do what, and how tokens are read.
     *
     * @param publishers common names of those who may PUT and DELETE; {@code *} for everybody with a certificate
     * @param readers of those who may GET
     * @param lifetime of a token that does not say when it expires
     */
    record Rules(Set<String> publishers, Set<String> readers, DeviceClaim deviceClaim, Duration lifetime) {}

    private final Tokens tokens;
    private final Issuers issuers;
    private final Rules rules;
    private final Clock clock;

    ResultResources(Tokens tokens, Issuers issuers, Rules rules, Clock clock) {
        this.tokens = tokens;
        this.issuers = issuers;
        this.rules = rules;
        this.clock = clock;
    }

    @Override
    public Told answer(Asked asked) {
        try {
            return dispatch(asked);
        } catch (Fault fault) {
            LOG.info("{} {}: {}: {}", asked.verb(), asked.path(), fault.field(), fault.words());
            return told(fault.kind().status(), fault.field(), fault.words(), fault.cure());
        } catch (StorageFailed failed) {
            LOG.error("{} {}", asked.verb(), asked.path(), failed);
            return told(BUSY, "", "the database cannot do it now", "come back later; its owner finds more in the log");
        }
    }

    private static Told told(int status, String field, String fault, String cure) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("field", field);
        json.put("fault", fault);
        json.put("do", cure);
        return new Told(status, json);
    }

    private Told dispatch(Asked asked) throws Fault {
        if (!asked.path().startsWith(PATH)) {
            throw new Fault(Fault.Kind.NOT_FOUND, "path", asked.path() + " is not here", "use " + PATH + "DEVICE");
        }
        String device = asked.path().substring(PATH.length());
        if (!DEVICE.matcher(device).matches()) {
            throw Fault.malformed(
                    "device", "is no name of a device", "use 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : -");
        }
        return switch (asked.verb()) {
            case "PUT" -> {
                check(asked, rules.publishers(), "publishers");
                yield put(device, asked.body());
            }
            case "GET" -> {
                check(asked, rules.readers(), "readers");
                yield get(device, Optional.ofNullable(asked.query().get("policy")));
            }
            case "DELETE" -> {
                check(asked, rules.publishers(), "publishers");
                tokens.withdraw(device, clock.instant());
                yield get(device, Optional.empty());
            }
            default ->
                throw new Fault(
                        Fault.Kind.NO_SUCH_VERB, "method", asked.verb() + " is not taken", "GET, PUT or DELETE");
        };
    }

    private static void check(Asked asked, Set<String> names, String setting) throws Fault {
        if (!names.contains("*") && !names.contains(asked.caller())) {
            throw new Fault(
                    Fault.Kind.FORBIDDEN,
                    "certificate",
                    "'" + asked.caller() + "' may not do this",
                    "use another certificate, or enter this name under '" + setting + "' in the configuration");
        }
    }

    private Told put(String device, byte[] body) throws Fault {
        Ear ear = read(body);
        Instant now = clock.instant();
        ear.checkTimes(now);
        checkDevice(device, ear);
        tokens.put(
                device,
                new Kept(
                        ear.issuer(),
                        ear.form(),
                        ear.issued(),
                        ear.expires().orElseGet(() -> ear.issued().plus(rules.lifetime())),
                        ear.status(),
                        ear.policies(),
                        Opaque.of(ear.form() == Ear.Form.JWT ? stripped(body) : body)));
        return get(device, Optional.empty());
    }

    private static byte[] stripped(byte[] text) {
        return new String(text, StandardCharsets.US_ASCII).strip().getBytes(StandardCharsets.US_ASCII);
    }

    /** A JWT begins with a JSON object in base64url, a CWT with a tag or an array of four. */
    private Ear read(byte[] body) throws Fault {
        if (body.length == 0) {
            throw Fault.malformed("token", "is missing", "send the EAR as the body, curl --data-binary @FILE");
        }
        return body[0] == 'e' ? JwtEar.read(body, issuers) : CwtEar.read(body, issuers);
    }

    private void checkDevice(String device, Ear ear) throws Fault {
        Optional<String> named = rules.deviceClaim() == DeviceClaim.SUB ? ear.subject() : ear.ueid();
        if (named.isEmpty() && rules.deviceClaim() != DeviceClaim.NONE) {
            String claim = rules.deviceClaim().name().toLowerCase(java.util.Locale.ROOT);
            throw Fault.malformed(
                    claim,
                    "is missing: nothing in the token says which device it is about",
                    "have the verifier issue it, or set device-claim in the configuration");
        }
        if (named.isPresent() && !named.get().equals(device)) {
            throw new Fault(
                    Fault.Kind.FORBIDDEN,
                    "device",
                    "the token is about " + named.get(),
                    "PUT it to " + PATH + named.get());
        }
    }

    private Told get(String device, Optional<String> policy) {
        Known known = tokens.find(device);
        Standing standing = standing(known, policy);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("device", device);
        json.put("standing", standing.name());
        known.kept().ifPresent(kept -> describe(kept, standing, json));
        return new Told(standing == Standing.NEVER_SEEN ? NOT_FOUND : OK, json);
    }

    private static void describe(Kept kept, Standing standing, Map<String, Object> json) {
        json.put("status", kept.status().words());
        json.put("issuer", kept.issuer());
        json.put("issued", kept.issued().toString());
        json.put("expires", kept.expires().toString());
        json.put("policies", kept.policies());
        if (standing == Standing.VALID) {
            byte[] token = kept.token().bytes();
            boolean text = kept.form() == Ear.Form.JWT;
            Supplier<String> encoded =
                    () -> Base64.getUrlEncoder().withoutPadding().encodeToString(token);
            json.put(text ? "jwt" : "cwt", text ? new String(token, StandardCharsets.US_ASCII) : encoded.get());
        }
    }

    private Standing standing(Known known, Optional<String> policy) {
        if (known.kept().isEmpty()) {
            return known.withdrawn().isPresent() ? Standing.REVOKED : Standing.NEVER_SEEN;
        }
        Kept kept = known.kept().get();
        boolean withdrawn = known.withdrawn().isPresent()
                && !kept.issued().isAfter(known.withdrawn().get());
        if (withdrawn || kept.status() == Ear.Status.CONTRAINDICATED) {
            return Standing.REVOKED;
        }
        if (!clock.instant().isBefore(kept.expires())) {
            return Standing.EXPIRED;
        }
        if (kept.status() == Ear.Status.NONE) {
            return Standing.NOT_COVERED;
        }
        return policy.isPresent() && !kept.policies().contains(policy.get()) ? Standing.OTHER_POLICY : Standing.VALID;
    }
}
