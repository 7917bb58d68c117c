// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Dpf;
import org.m2me.operators.Drf;
import org.m2me.operators.Peers;
import org.m2me.operators.Sho;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.Subscriber;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Outbox;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * What the SHO owes other roles, one kind of outbox work each. Of one registration each waits for the one before it: they
 * share its nonce as their key.
 */
final class Owed {
    /** Step 8, to the PVA; {@link Validations} does it. */
    static final String VALIDATE = "validate";

    /** Steps 3 to 5 of a change, to the PVA and the IVF, in rounds. */
    static final String INQUIRE = "inquire";

    /** Step 11, to the DPF. */
    static final String AUTHORIZE = "authorize";

    /** The end of a registration, to the DRF. */
    static final String REFUSE = "refuse";

    /** That the device subscribes to this operator now, to the DRF. */
    static final String SUBSCRIBED = "subscribed";

    /** That the device has left this operator's subscription by itself, to its subscriber. */
    static final String FELL_BACK = "fell back";

    /** A contract's device, to the DRF; keyed by the device. */
    static final String EXPECT = "expect";

    /** That a contract is over, to the DRF; keyed like {@link #EXPECT}, so that it comes before what waits anew. */
    static final String WITHDRAWN = "withdrawn";

    /** How to make MCIMs, to the DPF; keyed by the operator. */
    static final String RULES = "rules";

    private final RoleContext context;
    private final Peers peers;
    private final ShoSettings settings;
    private final Database database;
    private final Contracts contracts;

    Owed(RoleContext context, Peers peers, ShoSettings settings, Database database, Contracts contracts) {
        this.context = context;
        this.peers = peers;
        this.settings = settings;
        this.database = database;
        this.contracts = contracts;
    }

    Map<String, Outbox.Handler> handlers() {
        return Map.of(
                AUTHORIZE, this::authorize,
                REFUSE, this::refuse,
                SUBSCRIBED, this::registerSubscription,
                FELL_BACK, this::tellSubscriber,
                EXPECT, this::expect,
                WITHDRAWN, this::withdraw,
                RULES, this::handOverRules);
    }

    private Outbox.FollowUp authorize(String key, byte[] body) throws Refused, CborException {
        Registration owed = registration(key);
        if (owed.state() == Progress.AUTHORIZED) {
            Dpf.Order order = McimIssuer.decode(owed, settings.operator(), body);
            peers.dpf().authorize(order);
        }
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp refuse(String key, byte[] body) throws Refused {
        Registration owed = registration(key);
        peers.drf().refuse(owed.nonce(), settings.operator(), owed.code());
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp registerSubscription(String key, byte[] body) throws Refused {
        Registration owed = registration(key);
        if (owed.state() == Progress.PROVISIONED) {
            peers.drf().subscribed(expectation(owed.device()));
        }
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp tellSubscriber(String key, byte[] body) throws Refused {
        Registration left = registration(key);
        Optional<Sho.Contract> contract = database.read(connection -> contracts.find(connection, left.device()));
        if (contract.isPresent()) {
            subscriber(contract.get().subscriber()).fellBack(left.device(), settings.operator());
        }
        return Outbox.FollowUp.NONE;
    }

    private Subscriber subscriber(String name) throws Refused {
        try {
            return peers.subscriber(name);
        } catch (IllegalArgumentException unknown) {
            throw new Refused(ResultCode.NOT_FOUND, "subscriber: " + unknown.getMessage());
        }
    }

    private Outbox.FollowUp expect(String key, byte[] body) throws Refused {
        Ueid device = Ueid.hex(key);
        if (database.read(connection -> contracts.find(connection, device)).isPresent()) { // else it is over again
            peers.drf().expect(expectation(device));
        }
        return Outbox.FollowUp.NONE;
    }

    private Outbox.FollowUp withdraw(String key, byte[] body) throws Refused {
        Ueid device = Ueid.hex(key);
        if (database.read(connection -> contracts.find(connection, device)).isEmpty()) { // else there is one again
            peers.drf().withdrawn(device, settings.operator());
        }
        return Outbox.FollowUp.NONE;
    }

    private Drf.Expectation expectation(Ueid device) {
        byte[] certificate = settings.delegation()
                .map(ShoSettings.Delegation::certificate)
                .orElse(context.certificate())
                .der();
        return new Drf.Expectation(device, settings.operator(), Opaque.of(certificate));
    }

    private Outbox.FollowUp handOverRules(String key, byte[] body) throws Refused {
        ShoSettings.Delegation delegation = settings.delegation().orElseThrow();
        try (SecretBytes signingKey = delegation.key().pkcs8()) {
            peers.dpf()
                    .rules(new Dpf.Rules(
                            settings.operator(),
                            delegation.imsis().first().digits(),
                            delegation.imsis().count(),
                            settings.subscriptions().algorithm(),
                            delegation.opc(),
                            settings.apn().apn(),
                            Opaque.of(delegation.certificate().der()),
                            signingKey));
        }
        return Outbox.FollowUp.NONE;
    }

    private Registration registration(String key) {
        return database.read(connection -> Registrations.find(connection, new Nonce(Opaque.hex(key))))
                .orElseThrow();
    }
}
