// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/** The other ends of a role under test: each keeps what it was told, and refuses when it is set to. */
public final class Counterparts {
    private Counterparts() {}

    /** Says yes until it is set to say no. */
    public abstract static class Counterpart {
        private volatile @Nullable ResultCode refusal;

        /** From now on every call is refused with this, or taken again with null. */
        public void refuse(@Nullable ResultCode code) {
            refusal = code;
        }

        void check() throws Refused {
            ResultCode code = refusal;
            if (code != null) {
                throw new Refused(code, "set to refuse");
            }
        }

        static Refused notHere() {
            return new Refused(ResultCode.NOT_FOUND, "not asked for in this test");
        }
    }

    /** Whoever is an authentication centre beside what is tested. */
    interface NoSubscribers extends AuthenticationCentre {
        @Override
        default List<AuthenticationVector> vectors(VectorRequest request) throws Refused {
            throw Counterpart.notHere();
        }

        @Override
        default SubscriptionData subscription(Imsi imsi, String servingNode) throws Refused {
            throw Counterpart.notHere();
        }

        @Override
        default void usage(Imsi imsi, String session, long bytes) throws Refused {
            throw Counterpart.notHere();
        }
    }

    /** A DRF. */
    public static final class DrfSide extends Counterpart implements Drf {
        public final List<Expectation> expectations = new CopyOnWriteArrayList<>();
        public final Map<Nonce, ResultCode> refusals = new ConcurrentHashMap<>();
        public final List<Expectation> subscriptions = new CopyOnWriteArrayList<>();

        @Override
        public void expect(Expectation expectation) throws Refused {
            check();
            expectations.add(expectation);
        }

        @Override
        public void refuse(Nonce registration, Plmn operator, ResultCode code) throws Refused {
            check();
            refusals.put(registration, code);
        }

        @Override
        public void subscribed(Expectation subscription) throws Refused {
            check();
            subscriptions.add(subscription);
        }

        @Override
        public void withdrawn(Ueid device, Plmn operator) throws Refused {
            check();
            expectations.removeIf(one -> one.device().equals(device));
        }

        @Override
        public Optional<Plmn> operatorOf(Ueid device) throws Refused {
            throw notHere();
        }
    }

    /** A DPF. */
    public static final class DpfSide extends Counterpart implements Dpf {
        public final List<Order> orders = new CopyOnWriteArrayList<>();
        /** The operator's first IMSIs: keys are wiped by the caller. */
        public final List<String> ranges = new CopyOnWriteArrayList<>();

        @Override
        public void rules(Rules rules) throws Refused {
            check();
            ranges.add(rules.imsiFirst());
        }

        @Override
        public void authorize(Order order) throws Refused {
            check();
            orders.add(order);
        }

        @Override
        public void deliver(Credential credential) throws Refused {
            throw notHere();
        }
    }

    /** A PVA. */
    public static final class PvaSide extends Counterpart implements Pva {
        public final List<Request> requests = new CopyOnWriteArrayList<>();
        /** What it was asked in each round, by registration. */
        public final List<List<Applicant>> inquiries = new CopyOnWriteArrayList<>();

        public final Map<Ueid, ResultCode> disowned = new ConcurrentHashMap<>();
        private volatile @Nullable Function<List<Applicant>, Opaque> vouching;

        /** From now on it says this of those whom it does not disown. */
        public void vouch(Function<List<Applicant>, Opaque> with) {
            vouching = with;
        }

        @Override
        public void enrol(Ueid device, Opaque platformCertificate, Opaque ownerProof) throws Refused {
            throw notHere();
        }

        @Override
        public void references(String supplier, Opaque signed) throws Refused {
            throw notHere();
        }

        @Override
        public void validate(Request request) throws Refused {
            check();
            requests.add(request);
        }

        @Override
        public Authentications authenticate(Plmn operator, List<Applicant> applicants) throws Refused {
            check();
            inquiries.add(applicants);
            List<Refusal> refusals = applicants.stream()
                    .filter(one -> disowned.containsKey(one.device()))
                    .map(one -> new Refusal(one.registration(), disowned.getOrDefault(one.device(), ResultCode.OK)))
                    .toList();
            List<Applicant> good = applicants.stream()
                    .filter(one -> !disowned.containsKey(one.device()))
                    .toList();
            if (good.isEmpty()) {
                return new Authentications(Optional.empty(), refusals);
            }
            Opaque word = Optional.ofNullable(vouching)
                    .orElseThrow(Counterpart::notHere)
                    .apply(good);
            return new Authentications(Optional.of(word), refusals);
        }

        @Override
        public Optional<List<Ueid>> withdraw(String supplier, KnownBad what, Optional<Ueid> after) throws Refused {
            throw notHere();
        }

        @Override
        public void revoked(String supplier, Ueid device) throws Refused {
            throw notHere();
        }

        @Override
        public Counters counters() {
            return new Counters(requests.size(), 0, inquiries.size(), 0, Duration.ZERO, Duration.ZERO);
        }
    }

    /** An IVF: says what it is told to say. */
    public static final class IvfSide extends Counterpart implements Ivf {
        public final List<Inquiry> inquiries = new CopyOnWriteArrayList<>();
        public final List<Permission> permissions = new CopyOnWriteArrayList<>();
        private volatile Function<Asked, Answer> answers =
                asked -> new Answer(asked.device(), Ivf.Standing.NEVER_SEEN, Optional.empty());

        /** From now on it answers like this. */
        public void answer(Function<Asked, Answer> with) {
            answers = with;
        }

        @Override
        public void publish(Publication publication) throws Refused {
            throw notHere();
        }

        @Override
        public List<Ueid> withdraw(Withdrawal withdrawal, Optional<Ueid> after) throws Refused {
            throw notHere();
        }

        @Override
        public void release(List<Ueid> devices) throws Refused {
            throw notHere();
        }

        @Override
        public List<Answer> inquire(Inquiry inquiry) throws Refused {
            check();
            inquiries.add(inquiry);
            return inquiry.devices().stream().map(answers).toList();
        }

        @Override
        public void permit(Permission permission) throws Refused {
            check();
            permissions.add(permission);
        }
    }

    /** An ICF. */
    public static final class IcfSide extends Counterpart implements Icf, NoSubscribers {
        public final List<Pcid> activated = new CopyOnWriteArrayList<>();
        public final Map<Pcid, PcidStatus> known = new ConcurrentHashMap<>();

        @Override
        public void accept(PcidRecord record) throws Refused {
            throw notHere();
        }

        @Override
        public void acceptSuccessor(PcidRecord record, Pcid of) throws Refused {
            throw notHere();
        }

        @Override
        public void activate(Pcid pcid, Instant from, Instant until) throws Refused {
            check();
            activated.add(pcid);
        }

        @Override
        public void deactivate(Pcid pcid) throws Refused {
            throw notHere();
        }

        @Override
        public PcidStatus status(Pcid pcid) throws Refused {
            check();
            return Optional.ofNullable(known.get(pcid))
                    .orElseThrow(() -> new Refused(ResultCode.PCID_UNKNOWN, "no such PCID"));
        }
    }

    /** A supplier. */
    public static final class SupplierSide extends Counterpart implements Supplier {
        public final List<Opaque> forms = new CopyOnWriteArrayList<>();
        public final Map<Ueid, List<Pcid>> pcids = new ConcurrentHashMap<>();

        @Override
        public Made make(Blank blank) throws Refused {
            throw notHere();
        }

        @Override
        public void release(String model, List<MeasuredComponent> components) throws Refused {
            throw notHere();
        }

        @Override
        public void revoke(Ueid device) throws Refused {
            throw notHere();
        }

        @Override
        public Opaque ocsp(Opaque request) throws Refused {
            throw notHere();
        }

        @Override
        public void depositForm(Opaque form) throws Refused {
            check();
            forms.add(form);
        }

        @Override
        public Optional<List<Ueid>> withdraw(Pva.KnownBad what, Optional<Ueid> after) throws Refused {
            throw notHere();
        }

        @Override
        public void renew(Renewal renewal) throws Refused {
            throw notHere();
        }

        @Override
        public void renewed(Nonce registration, Ueid device, Opaque report) throws Refused {
            throw notHere();
        }

        @Override
        public List<Pcid> pcids(Ueid device, Opaque ownerToken) throws Refused {
            check();
            return Optional.ofNullable(pcids.get(device))
                    .orElseThrow(() -> new Refused(ResultCode.UNKNOWN_DEVICE, "no such device"));
        }
    }
}
