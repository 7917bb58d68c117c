// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.m2me.operators.AuthenticationCentre;
import org.m2me.operators.AuthenticationCentre.Resynchronisation;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

/**
 * What hostapd asks for vectors, in hostapd's words (its eap_sim_db interface), asking an authentication centre in turn.
 * Questions come one after the other, each on a connection of its own, which is closed once it is dealt with.
 */
final class EapSimDb implements AutoCloseable {
    private static final String NODE = "aaa.901-70"; // has an IND of its own, as every serving node
    private static final HexFormat HEX = HexFormat.of();

    private final ServerSocketChannel server;
    private final boolean separated;
    private final Map<Imsi, Resynchronisation> unheard = new ConcurrentHashMap<>();
    private final AtomicInteger resynchronisations = new AtomicInteger();
    private final List<ResultCode> refusals = new CopyOnWriteArrayList<>();
    private volatile AuthenticationCentre centre;

    /** @param separated whether the vectors are for EAP-AKA': it does not say what it asks them for */
    EapSimDb(Path socket, AuthenticationCentre centre, boolean separated) throws IOException {
        this.centre = centre;
        this.separated = separated;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(this::answerAll, "eap-sim-db");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on this one is asked. */
    void ask(AuthenticationCentre another) {
        centre = another;
    }

    int resynchronisations() {
        return resynchronisations.get();
    }

    /** What the authentication centre refused with. */
    List<ResultCode> refusals() {
        return List.copyOf(refusals);
    }

    private void answerAll() {
        while (server.isOpen()) {
            try (SocketChannel question = server.accept()) {
                ByteBuffer answer = ByteBuffer.wrap(answer(read(question)).getBytes(StandardCharsets.US_ASCII));
                while (answer.hasRemaining()) {
                    question.write(answer);
                }
            } catch (IOException gone) {
                // closed, or who asked does not want to know any more
            }
        }
    }

    private static String read(SocketChannel from) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(256); // longer than any question
        while (from.read(part) >= 0) {
            all.write(part.array(), 0, part.position());
            part.clear();
        }
        return all.toString(StandardCharsets.US_ASCII);
    }

    private String answer(String question) {
        String[] words = question.trim().split(" ", -1);
        return switch (words[0]) {
            case "AKA-REQ-AUTH" -> vector(new Imsi(words[1]));
            case "AKA-AUTS" -> {
                unheard.put(new Imsi(words[1]), new Resynchronisation(Opaque.hex(words[3]), Opaque.hex(words[2])));
                resynchronisations.incrementAndGet();
                yield "";
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private String vector(Imsi imsi) {
        var request = new VectorRequest(imsi, NODE, 1, Optional.ofNullable(unheard.remove(imsi)), separated);
        try (AuthenticationVector vector = centre.vectors(request).get(0)) {
            return Stream.of(vector.rand(), vector.autn(), shown(vector.ik()), shown(vector.ck()), shown(vector.xres()))
                    .map(HEX::formatHex)
                    .collect(Collectors.joining(" ", "AKA-RESP-AUTH " + imsi + " ", ""));
        } catch (Refused refused) {
            refusals.add(refused.code());
            return "AKA-RESP-AUTH " + imsi + " FAILURE";
        }
    }

    private static byte[] shown(SecretBytes secret) {
        return secret.use(byte[]::clone);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
