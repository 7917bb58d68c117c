// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.AuthenticationCentre.ApnProfile;
import org.m2me.operators.AuthenticationCentre.SubscriptionData;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Sho.Progress;
import org.m2me.operators.auc.Auc;
import org.m2me.operators.sho.Registrations.Registration;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * The subscriptions in the operator's own authentication centre: each is bound to one registration before its MCIM
 * leaves and usable from then on, for a device that loses power before it reports has no other way to report; it is gone
 * with its key when it is not installed.
 */
final class HomeSubscriptions {
    private final ShoSettings settings;
    private final Auc auc;
    private final SubscriptionPool pool;
    private final Clock clock;
    private final Withdrawal withdrawal;

    /** Where a subscriber is, it may not stay. */
    @FunctionalInterface
    interface Withdrawal {
        /**
         * Called within the transaction that takes a subscription away.
         *
         * @param leaving whether the device has said by itself that it leaves, and waits for an answer where it is
         */
        void withdrawn(Connection connection, Imsi imsi, boolean leaving) throws SQLException;
    }

    HomeSubscriptions(ShoSettings settings, Auc auc, SubscriptionPool pool, Clock clock, Withdrawal withdrawal) {
        this.settings = settings;
        this.auc = auc;
        this.pool = pool;
        this.clock = clock;
        this.withdrawal = withdrawal;
    }

    /** One for a registration; empty when there are none left. The caller closes it. */
    Optional<Subscription> allocate(Connection connection, Registration registration) throws SQLException {
        Optional<Subscription> taken = pool.take(connection, clock.instant());
        if (taken.isPresent()) {
            bind(connection, registration, taken.get());
        }
        return taken;
    }

    /** Takes what was made elsewhere for a registration. */
    void bind(Connection connection, Registration registration, Subscription made) throws SQLException {
        auc.put(connection, made.imsi(), made.key(), made.sqn());
        Registrations.bind(connection, registration.nonce(), made.imsi());
    }

    /** Takes the subscription of a registration away; its IMSI may be used again, with another key. */
    void release(Connection connection, Registration registration) throws SQLException {
        release(connection, registration, false);
    }

    /** Likewise, of a device that has just said that it leaves. */
    void leave(Connection connection, Registration registration) throws SQLException {
        release(connection, registration, true);
    }

    private void release(Connection connection, Registration registration, boolean leaving) throws SQLException {
        if (registration.imsi().isPresent()) {
            Imsi imsi = registration.imsi().get();
            boolean used = leaving || registration.state() == Progress.PROVISIONED;
            Registrations.unbind(connection, registration.nonce());
            auc.remove(connection, imsi);
            pool.giveBack(connection, imsi, used ? clock.instant().plus(SubscriptionPool.QUARANTINE) : clock.instant());
            withdrawal.withdrawn(connection, imsi, leaving);
        }
    }

    /** Another one is about to be bound: those that never became live go. The live one stays until the other is. */
    void releaseUnused(Connection connection, Registration before) throws SQLException {
        for (Registration other : Registrations.othersHolding(connection, before)) {
            if (other.state() != Progress.PROVISIONED) {
                release(connection, other);
            }
        }
    }

    /** The device has installed this one: its others go. */
    void releaseOthers(Connection connection, Registration than) throws SQLException {
        for (Registration other : Registrations.othersHolding(connection, than)) {
            release(connection, other);
        }
    }

    List<AuthenticationVector> vectors(Connection connection, VectorRequest request) throws SQLException, Refused {
        checkUsable(connection, request.imsi());
        return auc.vectors(connection, request);
    }

    SubscriptionData data(Connection connection, Imsi imsi) throws SQLException, Refused {
        long used = checkUsable(connection, imsi);
        ApnProfile apn = settings.apn();
        long left = apn.quota() == 0 ? 0 : apn.quota() - used;
        return new SubscriptionData(imsi, List.of(new ApnProfile(apn.apn(), apn.allowed(), left)));
    }

    void use(Connection connection, Imsi imsi, String session, long bytes) throws SQLException, Refused {
        auc.count(connection, imsi, session, bytes);
    }

    /**
     * Also before the report has come, however late it is: a device that lost power after it installed can report by no
     * other way, and what was bound to a registration whose time is over may have been installed.
     *
     * @return the bytes that it has used
     */
    long checkUsable(Connection connection, Imsi imsi) throws SQLException, Refused {
        Registration holder = Registrations.holding(connection, imsi)
                .orElseThrow(() -> new Refused(ResultCode.PCID_UNKNOWN, "no subscription " + imsi));
        boolean mayBeOnBoard = holder.state() == Progress.PROVISIONED
                || holder.state() == Progress.AUTHORIZED
                || holder.state() == Progress.REFUSED;
        if (!mayBeOnBoard) {
            throw new Refused(
                    ResultCode.PCID_NOT_ACTIVE, "subscription " + imsi + " is bound to a registration that is over");
        }
        long quota = settings.apn().quota();
        long used = auc.used(connection, imsi).bytes();
        if (quota > 0 && used >= quota) {
            throw new Refused(ResultCode.QUOTA, "subscription " + imsi + " has used its " + quota + " bytes");
        }
        return used;
    }
}
