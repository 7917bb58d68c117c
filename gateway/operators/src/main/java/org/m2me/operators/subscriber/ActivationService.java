// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.subscriber;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.m2me.operators.Subscriber.Activated;
import org.m2me.operators.store.Database;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Activation;
import org.m2me.protocol.message.ActivationRequest;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;

/**
 * The application activation service (TR 33.812 5.2.5.3.5.2): tells devices, signed by their owner's key, with whom to
 * work.
 */
final class ActivationService {
    private final RoleContext context;
    private final Database database;
    private final Purchases purchases;

    ActivationService(RoleContext context, Database database, Purchases purchases) {
        this.context = context;
        this.database = database;
        this.purchases = purchases;
    }

    /** @param device or absent for all that nothing of their own is entered for */
    void enter(Optional<Ueid> device, Activation.Terms terms) throws Refused {
        Instant now = context.clock().instant();
        checkTime("application", terms.application().association().anchor(), now);
        if (terms.management().isPresent()) {
            checkTime("management", terms.management().get().association().anchor(), now);
        }
        if (terms.unknownManagement().isPresent()) {
            checkTime("unknownManagement", terms.unknownManagement().get().anchor(), now);
        }
        database.change(connection -> {
            checkBought(connection, device);
            Activations.enter(connection, device, Optional.of(terms), now);
        });
    }

    /** @param device or absent for all that nothing of their own was entered for */
    void withdraw(Optional<Ueid> device) throws Refused {
        Instant now = context.clock().instant();
        database.change(connection -> {
            checkBought(connection, device);
            Activations.Entry entry =
                    Activations.of(connection, device).orElseThrow(() -> nothing(device.map(Ueid::hex)));
            boolean repeated = entry.terms().isEmpty() && entry.own() == device.isPresent();
            if (!repeated) {
                Activations.enter(connection, device, Optional.empty(), now);
            }
        });
    }

    private static void checkBought(Connection connection, Optional<Ueid> device) throws SQLException, Refused {
        if (device.isPresent() && !Purchases.has(connection, device.get())) {
            throw unknown(device.get());
        }
    }

    private static Refused nothing(Optional<String> device) {
        return new Refused(ResultCode.NOT_FOUND, "activation: nothing was entered for " + device.orElse("all devices"));
    }

    private static void checkTime(String field, Certificate anchor, Instant now) throws Refused {
        if (now.isBefore(anchor.notBefore()) || now.isAfter(anchor.notAfter())) {
            throw new Refused(
                    ResultCode.MALFORMED,
                    field + ": its anchor is good from " + anchor.notBefore() + " to " + anchor.notAfter());
        }
    }

    private static Refused unknown(Ueid device) {
        return new Refused(ResultCode.UNKNOWN_DEVICE, "activation: " + device + " was not bought here");
    }

    Activated entered(Ueid device) throws Refused {
        return database.transact(connection -> {
            if (!Purchases.has(connection, device)) {
                throw unknown(device);
            }
            Activations.Entry entry = Activations.of(connection, Optional.of(device))
                    .orElseThrow(() -> nothing(Optional.of(device.hex())));
            long held = Activations.held(connection, device);
            return new Activated(entry.number(), entry.terms(), entry.own(), entry.at(), held);
        });
    }

    /** The answer to a device: what it has not, if there is something. */
    Optional<byte[]> answer(Ueid device, byte[] body) throws Refused {
        ActivationRequest request = decode(body);
        return database.transact(connection -> {
            Purchases.Chosen bought = purchases.find(connection, device).orElseThrow(() -> unknown(device));
            Optional<Activations.Entry> newer =
                    Activations.of(connection, Optional.of(device)).filter(entry -> entry.number() > request.held());
            Activations.asked(connection, device, request.held(), newer.map(Activations.Entry::number));
            return newer.map(entry -> sign(entry, bought));
        });
    }

    private byte[] sign(Activations.Entry entry, Purchases.Chosen bought) {
        Activation activation = new Activation(bought.purchase().device(), entry.number(), entry.terms());
        try (SecretBytes secret =
                SecretBytes.takeFrom(bought.purchase().ownerToken().bytes())) {
            return activation.sign(context.key(), secret).bytes();
        }
    }

    private static ActivationRequest decode(byte[] body) throws Refused {
        try {
            return ActivationRequest.decode(body);
        } catch (CborException malformed) {
            throw new Refused(ResultCode.MALFORMED, "activation request: " + malformed.getMessage());
        }
    }
}
