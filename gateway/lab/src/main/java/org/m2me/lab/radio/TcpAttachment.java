// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.radio;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.m2me.hal.emulated.Radio;
import org.m2me.protocol.radio.Apn;
import org.m2me.protocol.radio.Frames;
import org.m2me.protocol.radio.RadioCodec;
import org.m2me.protocol.radio.RadioMessage;
import org.m2me.protocol.radio.SmCause;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mobile that is attached: one thread hears the network, callers speak. */
final class TcpAttachment implements Radio.Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(TcpAttachment.class);

    /** A mobile's patience with an attach (T3310 of TS 24.008 11.2.2). */
    private static final Duration ATTACH_LIMIT = Duration.ofSeconds(15);

    /** And with an activation (T3380 of 11.2.2). */
    private static final Duration ACTIVATE_LIMIT = Duration.ofSeconds(30);

    /** Transactions 0 to 6 (TS 24.007 11.2.3.1.3). */
    private static final int SESSIONS_MAX = 7;

    private final Socket socket;
    private final OutputStream out;
    private final SecureRandom random;
    private final Consumer<Tunnel> opened;
    private final Map<Integer, Tunnel> sessions = new ConcurrentHashMap<>();
    private final Map<Integer, CompletableFuture<RadioMessage.Downlink>> asked = new ConcurrentHashMap<>();
    private final AtomicReference<Runnable> onLost = new AtomicReference<>(() -> {});
    private final AtomicBoolean lost = new AtomicBoolean();
    private final AtomicBoolean leaving = new AtomicBoolean();

    private TcpAttachment(Socket socket, SecureRandom random, Consumer<Tunnel> opened) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.random = random;
        this.opened = opened;
    }

    /** @param opened told each session */
    static TcpAttachment attach(Socket socket, Mobile mobile, SecureRandom random, Consumer<Tunnel> opened)
            throws IOException {
        TcpAttachment attachment = new TcpAttachment(socket, random, opened);
        socket.setSoTimeout((int) ATTACH_LIMIT.toMillis());
        mobile.attach(socket.getInputStream(), attachment.out);
        socket.setSoTimeout(0);
        Thread thread = new Thread(attachment::hear, "radio-" + socket.getLocalPort());
        thread.setDaemon(true);
        thread.start();
        return attachment;
    }

    @Override
    public Radio.Session activate(String apn) throws IOException {
        int transaction = freeTransaction();
        Tunnel tunnel = new Tunnel(socket.getLocalAddress(), random, () -> deactivate(transaction));
        try {
            RadioMessage.Downlink answer =
                    ask(transaction, new RadioMessage.ActivateRequest(transaction, apn(apn), tunnel.here()));
            if (answer instanceof RadioMessage.ActivateAccept accept) {
                sessions.put(transaction, tunnel.join(accept.address(), socket.getInetAddress(), accept.tunnel()));
                opened.accept(tunnel);
                if (lost.get()) {
                    tunnel.cut(); // meanwhile, when it was not among those to be cut yet
                }
                return tunnel;
            }
            int cause = answer instanceof RadioMessage.ActivateReject reject
                    ? reject.cause()
                    : SmCause.NETWORK_FAILURE.number();
            throw new Radio.Refused("no session on " + apn + ": cause " + cause, cause);
        } catch (IOException e) {
            tunnel.cut();
            throw e;
        } finally {
            asked.remove(transaction);
        }
    }

    private static Apn apn(String name) throws Radio.Refused {
        try {
            return Apn.of(name);
        } catch (IllegalArgumentException e) {
            throw new Radio.Refused(e.getMessage() + "", SmCause.UNKNOWN_APN.number());
        }
    }

    private int freeTransaction() throws IOException {
        for (int transaction = 0; transaction < SESSIONS_MAX; transaction++) {
            if (!sessions.containsKey(transaction)
                    && asked.putIfAbsent(transaction, new CompletableFuture<>()) == null) {
                return transaction;
            }
        }
        throw new Radio.Refused("all sessions are in use", SmCause.INSUFFICIENT_RESOURCES.number());
    }

    private RadioMessage.Downlink ask(int transaction, RadioMessage.Uplink request) throws IOException {
        CompletableFuture<RadioMessage.Downlink> answer =
                Optional.ofNullable(asked.get(transaction)).orElseThrow(() -> new IOException("attachment is lost"));
        say(request);
        if (lost.get()) {
            throw new IOException("the network is lost");
        }
        try {
            return answer.get(ACTIVATE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the network", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the network does not answer", e);
        }
    }

    private void say(RadioMessage.Uplink message) throws IOException {
        synchronized (out) {
            Frames.write(out, message.encode());
        }
    }

    private void hear() {
        try {
            while (take(RadioCodec.decodeDownlink(Frames.read(socket.getInputStream())))) {
                // Until the network or the mobile has said its last word.
            }
        } catch (IOException gone) {
            LOG.debug("radio: {}", gone.toString());
        } finally {
            end();
        }
    }

    /** Whether there is more to come. */
    private boolean take(RadioMessage.Downlink said) throws IOException {
        if (said instanceof RadioMessage.ActivateAccept accept) {
            answer(accept.transaction(), said);
        } else if (said instanceof RadioMessage.ActivateReject reject) {
            answer(reject.transaction(), said);
        } else if (said instanceof RadioMessage.NetworkDeactivate ended) {
            Tunnel tunnel = sessions.remove(ended.transaction());
            if (tunnel != null) {
                tunnel.cut();
            }
            say(new RadioMessage.NetworkDeactivateAccept(ended.transaction()));
        } else if (said instanceof RadioMessage.NetworkDetach) {
            say(new RadioMessage.NetworkDetachAccept());
            return false;
        } else if (said instanceof RadioMessage.DetachAccept) {
            return false;
        }
        return true;
    }

    private void answer(int transaction, RadioMessage.Downlink said) {
        CompletableFuture<RadioMessage.Downlink> waiting = asked.get(transaction);
        if (waiting != null) {
            waiting.complete(said);
        }
    }

    private void end() {
        lost.set(true);
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("radio: {}", e.toString());
        }
        asked.values().forEach(answer -> answer.completeExceptionally(new IOException("the network is lost")));
        sessions.values().forEach(Tunnel::cut);
        sessions.clear();
        if (!leaving.get()) {
            onLost.getAndSet(() -> {}).run();
        }
    }

    private void deactivate(int transaction) {
        sessions.remove(transaction);
        try {
            say(new RadioMessage.DeactivateRequest(transaction, SmCause.REGULAR_DEACTIVATION.number()));
        } catch (IOException gone) {
            LOG.debug("radio: {}", gone.toString());
        }
    }

    @Override
    public void onLost(Runnable listener) {
        onLost.set(listener);
        if (lost.get() && !leaving.get()) {
            onLost.getAndSet(() -> {}).run();
        }
    }

    @Override
    public void close() {
        if (leaving.getAndSet(true) || lost.get()) {
            return;
        }
        try {
            say(new RadioMessage.DetachRequest(false, Optional.empty()));
        } catch (IOException gone) {
            LOG.debug("radio: {}", gone.toString());
        }
    }
}
