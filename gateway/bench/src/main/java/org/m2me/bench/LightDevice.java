// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.m2me.agent.coap.CoapDeviceTransport;
import org.m2me.agent.transport.Answer;
import org.m2me.agent.transport.DeviceTransport;
import org.m2me.agent.transport.Traffic;
import org.m2me.hal.Bearer;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironment.OwedRelease;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Pcid;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.DeviceState;
import org.m2me.protocol.message.Mail;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.Register;
import org.m2me.protocol.message.RegisterAnswer;
import org.m2me.protocol.message.Relay;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.message.Verdict;
import org.m2me.protocol.step.Procedure;

/**
 * A device without board and modem, a thousand of which fit into one process: a real Trusted Environment, and the agent's
 * own CoAP over DTLS. It takes the agent's steps in a straight line; what it is told it has measured is made up.
 */
final class LightDevice implements AutoCloseable {
    static final String MODEL = "bench-1";

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15); // as the agent's
    private static final Duration MAIL_LIMIT = Duration.ofSeconds(30); // the gateway holds a question for 20 s
    private static final int QUESTIONS_MAX = 90; // as the agent: half an hour without news
    private static final int TRIES = 20; // with the pause: until who starts before others has been followed by them
    private static final int SILENCES_MAX = 3; // on a machine that has more to do than this
    private static final long PAUSE_MILLIS = 1_000;

    private final Path store;
    private final TrustedEnvironmentProvider kind;
    private final SecureRandom random;
    private final Clock clock;
    private TrustedEnvironment tre;

    /** A device that was made there; it is switched on. */
    LightDevice(Path store, TrustedEnvironmentProvider kind, SecureRandom random, Clock clock)
            throws IOException, TrustException {
        this.store = store;
        this.kind = kind;
        this.random = random;
        this.clock = clock;
        this.tre = kind.open(store, random);
        measure(BenchIvf.COMPONENTS);
    }

    /**
     * What went over the air, with all headers down to IP.
     *
     * @param all bytes both ways
     * @param validation of them, for the question that brought the challenge, and for the evidence
     */
    record Air(long all, long validation) {}

    Ueid ueid() {
        return new Ueid(Opaque.of(tre.ueid()));
    }

    /** New firmware, and the start that goes with it. */
    void update(List<MeasuredComponent> components) throws IOException, TrustException {
        tre.close();
        tre = kind.open(store, random);
        measure(components);
    }

    private void measure(List<MeasuredComponent> components) {
        for (MeasuredComponent component : components) {
            tre.measure(
                    component.name(), component.version(), component.sha256().bytes());
        }
    }

    /** Initial provisioning, from step 5 on. */
    void provision(InetSocketAddress gateway) throws IOException, Refused, TrustException, InterruptedException {
        try (Session session = new Session(gateway)) {
            Nonce registration = new Nonce(Opaque.of(tre.openRegistration()));
            session.register(Register.initial(registration, Optional.of(Pcid.of(tre.pcid()))));
            tre.install(session.mcim(registration).envelope().bytes());
            session.report();
            tre.confirmActive();
        }
    }

    /** The change of operator over the old one's connectivity, steps 2 to 13. */
    Air change(InetSocketAddress gateway) throws IOException, Refused, TrustException, InterruptedException {
        try (Session session = new Session(gateway)) {
            tre.order(session.order().order().bytes());
            session.answer();
            Nonce registration = registered(session);
            tre.stage(session.mcim(registration).envelope().bytes());
            tre.discard();
            session.release();
            tre.completeChange();
            session.report();
            tre.confirmActive();
            session.answer();
            return session.air();
        }
    }

    /** Tried again, as the agent does, when the DRF has not heard from the new operator yet. */
    private Nonce registered(Session session) throws IOException, Refused, TrustException, InterruptedException {
        for (int tries = 1; ; tries++) {
            Nonce registration = new Nonce(Opaque.of(tre.openRegistration()));
            DeviceState state = new DeviceState(tre.storeGeneration(), Opaque.of(tre.firmware()));
            try {
                session.register(new Register(registration, Optional.empty(), Procedure.CHANGE, Optional.of(state)));
                return registration;
            } catch (TrustException otherOperator) {
                tre.closeRegistration();
                if (tries == TRIES) {
                    throw otherOperator;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        tre.close();
    }

    /** One connection to the gateway. */
    private final class Session implements AutoCloseable {
        private final DeviceTransport transport = new CoapDeviceTransport(tre, clock, begun -> {});
        private long validation;

        Session(InetSocketAddress gateway) throws IOException {
            transport.connect(new Loopback(), gateway);
        }

        Air air() {
            return new Air(transport.traffic().bytes(), validation);
        }

        /** Again while it is refused: others may not be that far yet. */
        private byte[] ask(DeviceResource resource, byte[] body) throws IOException, Refused, InterruptedException {
            Duration limit = resource == DeviceResource.MAIL ? MAIL_LIMIT : ANSWER_LIMIT;
            for (int tries = 1; ; tries++) {
                Answer answer = exchange(resource, body, limit);
                if (answer.isDone()) {
                    return answer.body();
                }
                if (tries == TRIES) {
                    throw new Refused(answer.refusal(), resource + " is refused");
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }

        /** Once more if nobody is heard, as the agent does. */
        private Answer exchange(DeviceResource resource, byte[] body, Duration limit)
                throws IOException, InterruptedException {
            for (int silences = 1; ; silences++) {
                try {
                    return transport.exchange(resource, body, limit);
                } catch (IOException silent) {
                    if (silences == SILENCES_MAX) {
                        throw silent;
                    }
                }
            }
        }

        private void tell(DeviceResource resource, byte[] body) throws IOException, Refused, InterruptedException {
            byte[] answer = ask(resource, body);
            if (answer.length > 0) {
                ResultCode code = decoded(answer, Verdict::decode).code();
                if (code != ResultCode.OK) {
                    throw new Refused(code, resource + " is refused");
                }
            }
        }

        void register(Register register) throws IOException, Refused, TrustException, InterruptedException {
            RegisterAnswer answer = decoded(ask(DeviceResource.REGISTER, register.encode()), RegisterAnswer::decode);
            tre.bindOperator(answer.operator().toString(), answer.certificate().der());
        }

        Mail.Order order() throws IOException, Refused, InterruptedException {
            Optional<Mail> mail = mail();
            if (mail.isPresent() && mail.get() instanceof Mail.Order order) {
                return order;
            }
            throw new IOException("was woken without an order");
        }

        private Optional<Mail> mail() throws IOException, Refused, InterruptedException {
            byte[] body = ask(DeviceResource.MAIL, new byte[0]);
            return body.length == 0 ? Optional.empty() : Optional.of(decoded(body, Mail::decode));
        }

        Mail.Download mcim(Nonce registration) throws IOException, Refused, InterruptedException {
            for (int question = 0; question < QUESTIONS_MAX; question++) {
                Traffic before = transport.traffic();
                Optional<Mail> mail = mail();
                if (mail.isPresent() && !mail.get().registration().equals(registration)) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS); // of an earlier one: it is answered at once
                } else if (mail.isPresent() && mail.get() instanceof Mail.Challenge challenge) {
                    tell(DeviceResource.EVIDENCE, tre.evidence(challenge.nonce().bytes(), MODEL));
                    validation += transport.traffic().since(before).bytes();
                } else if (mail.isPresent() && mail.get() instanceof Mail.Refusal refusal) {
                    throw new Refused(refusal.code(), "the procedure ended without a MCIM");
                } else if (mail.isPresent() && mail.get() instanceof Mail.Download download) {
                    return download;
                }
            }
            throw new IOException("no MCIM after " + QUESTIONS_MAX + " questions");
        }

        void release() throws IOException, Refused, InterruptedException {
            for (OwedRelease owed : tre.owedReleases()) {
                byte[] acknowledgement = ask(DeviceResource.RELEASE, owed.release());
                Nonce change = new Nonce(Opaque.of(owed.change().orElseThrow()));
                tell(DeviceResource.RELAY, new Relay(change, Opaque.of(acknowledgement)).encode());
                tre.releaseAcknowledged(owed.release());
            }
        }

        void report() throws IOException, Refused, InterruptedException {
            tell(DeviceResource.REPORT, tre.owedReport().orElseThrow());
            tre.reportAcknowledged();
        }

        void answer() throws IOException, Refused, InterruptedException {
            byte[] answer = tre.owedAnswer().orElseThrow();
            tell(DeviceResource.ORDER, answer);
            tre.answerAcknowledged(answer);
        }

        @Override
        public void close() {
            transport.close();
        }
    }

    private interface Decoder<T> {
        T decode(byte[] cbor) throws CborException;
    }

    private static <T> T decoded(byte[] cbor, Decoder<T> decoder) throws IOException {
        try {
            return decoder.decode(cbor);
        } catch (CborException malformed) {
            throw new IOException(malformed);
        }
    }

    /** This machine's own network: the transport counts what crosses it. */
    private record Loopback() implements Bearer {
        @Override
        public InetAddress address() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public InetSocketAddress towards(InetSocketAddress destination) {
            return destination;
        }

        @Override
        public boolean isUp() {
            return true;
        }

        @Override
        public Counters counters() throws IOException {
            throw new IOException("nothing is counted here");
        }

        @Override
        public void close() {}
    }
}
