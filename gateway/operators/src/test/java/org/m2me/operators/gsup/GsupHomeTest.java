// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.gsup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.radio.GmmCause;

/** What our end makes of a home that is slow, or says strange things. */
class GsupHomeTest {
    private static final Imsi ONE = new Imsi("901700000000001");
    private static final Imsi TWO = new Imsi("901700000000002");
    private static final Imsi THREE = new Imsi("901700000000003");
    private static final int PATIENCE = 10_000; // ms; nothing on loopback takes so long
    private static final GsupLimits LIMITS = new GsupLimits(
            Duration.ofSeconds(10), 1, 2, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(2));

    private final ExecutorService askers = Executors.newCachedThreadPool();
    private final CompletableFuture<Imsi> moved = new CompletableFuture<>();
    private ServerSocket server;
    private GsupHome home;
    private Socket socket;
    private InputStream in;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE);
        GsupRoute route = new GsupRoute((InetSocketAddress) server.getLocalSocketAddress(), List.of(), LIMITS);
        home = GsupHome.start(route, "vno.262-42", new SecureRandom(), new GsupHome.Visitors() {
            @Override
            public void withdrawn(Imsi imsi) {
                throw new IllegalStateException("nobody withdrew " + imsi);
            }

            @Override
            public void moved(Imsi imsi) {
                moved.complete(imsi);
            }
        });
        socket = server.accept();
        socket.setSoTimeout(PATIENCE);
        in = socket.getInputStream();
        say(new IpaFrame(IpaFrame.Kind.CCM, Ccm.of(Ccm.Type.IDENTITY_REQUEST).encode()));
        assertThat(Ccm.decode(IpaFrame.read(in).content())).isEqualTo(Ccm.identity("vno.262-42"));
    }

    @AfterEach
    void disconnect() throws IOException {
        home.close();
        socket.close();
        server.close();
        askers.shutdownNow();
    }

    private void say(IpaFrame frame) throws IOException {
        socket.getOutputStream().write(frame.encode());
    }

    private void say(String message) throws IOException {
        say(new IpaFrame(IpaFrame.Kind.GSUP, HexFormat.of().parseHex(message)));
    }

    private String hear() throws IOException {
        return HexFormat.of().formatHex(IpaFrame.read(in).content());
    }

    private Future<List<AuthenticationVector>> ask(Imsi imsi) {
        return askers.submit(() -> home.vectors(new VectorRequest(imsi, "vno.262-42", 1, Optional.empty(), false)));
    }

    private static ThrowableAssert.ThrowingCallable failure(Future<?> asked) {
        return () -> {
            try {
                asked.get(PATIENCE, TimeUnit.MILLISECONDS);
            } catch (ExecutionException failed) {
                throw Optional.ofNullable(failed.getCause()).orElse(failed);
            }
        };
    }

    @Test
    void refusesRequestsThatItDoesNotUnderstandAndGoesOn() throws IOException {
        say("10010809710000000000f1050211002801" + "01");
        assertThat(hear()).isEqualTo("11010809710000000000f1020160");
        say("30010809710000000000f1");
        assertThat(hear()).isEqualTo("31010809710000000000f1020161");
        say("0c010809710000000000f1");
        assertThat(hear()).isEqualTo("0d010809710000000000f1020161");
        say("14010809710000000000f1");
        assertThat(hear()).isEqualTo("16010809710000000000f1");
    }

    @Test
    void saysThatASubscriberWhoIsElsewhereHasLeft() throws Exception {
        say("1c010809710000000000f1060100");
        assertThat(hear()).isEqualTo("1e010809710000000000f1");
        assertThat(moved.get(PATIENCE, TimeUnit.MILLISECONDS)).isEqualTo(ONE);
    }

    @Test
    void suffersOfAWrongAnswerForThatSubscriberOnly() throws Exception {
        Future<?> one = ask(ONE);
        assertThat(hear()).isEqualTo("08010809710000000000f1280101520101");
        Future<?> two = ask(TWO);
        assertThat(hear()).startsWith("08010809710000000000f2");

        say("0a010809710000000000f103062104" + "35da3e77"); // a triplet's SRES, no quintet
        assertThatExceptionOfType(Unavailable.class).isThrownBy(failure(one));
        say("09010809710000000000f20201" + "02");
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(failure(two))
                .matches(refused -> refused.code() == ResultCode.PCID_UNKNOWN);
    }

    @Test
    void asksNoMoreAtOnceThanAgreedAndWaitsNoLonger() throws Exception {
        Future<?> one = ask(ONE);
        assertThat(hear()).isNotEmpty();
        Future<?> two = ask(TWO);
        assertThat(hear()).isNotEmpty();

        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> home.subscription(THREE, "vno.262-42"))
                .matches(refused -> refused.code() == ResultCode.BUSY);
        assertThatExceptionOfType(Unavailable.class).isThrownBy(failure(one));
        assertThatExceptionOfType(Unavailable.class).isThrownBy(failure(two));
    }

    @Test
    void knowsACauseForEveryRefusalAndARefusalForEveryCause() {
        for (ResultCode code : ResultCode.values()) {
            assertThat(Causes.of(code)).isNotNull();
        }
        for (GmmCause cause : GmmCause.values()) {
            assertThat(Causes.code(cause.number())).isNotEqualTo(ResultCode.OK);
        }
        assertThat(Causes.code(99)).isEqualTo(ResultCode.INTERNAL);
    }
}
