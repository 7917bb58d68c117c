// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalLong;
import org.m2me.hal.card.VpcdCardSlot;
import org.m2me.hal.emulated.EmulatedModem;
import org.m2me.hal.emulated.Radio;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaFunctions;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.Quintets;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.tre.usim.SoftUsim;
import org.m2me.tre.usim.UsimApplication;

/** The emulated modem with the soft USIM in its slot, in reach of one network that lets everybody in. */
final class JudgedModem {
    static final String IMSI = "901700000000017";
    static final String PLMN = "26242";
    static final String IMEI = "490154203237518";

    private final SecureRandom random = new SecureRandom();
    private final AkaKey key =
            new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.random(16, random), SecretBytes.random(16, random));
    private final SoftUsim usim = new SoftUsim(new Subscription());
    private final EmulatedModem modem =
            new EmulatedModem(new OpenRadio(), IMEI, EmulatedModem.RETRY_AFTER, System::nanoTime);
    private final AutoCloseable inserted;
    private SqnArray sqns = SqnArray.fresh(SqnParameters.DEFAULT);
    private long sqn;

    JudgedModem() throws IOException {
        modem.pressPowerKey();
        URI slot = URI.create(modem.cardSlot());
        inserted =
                new VpcdCardSlot(new InetSocketAddress(slot.getHost(), slot.getPort())).insert(new CardWithIsim(usim));
    }

    int port() {
        return URI.create(modem.port()).getPort();
    }

    void listenAt(Path socket) throws IOException {
        modem.listenAt(socket);
    }

    /** What the subscription's authentication centre gives for the next challenge. */
    AuthenticationVector nextVector() {
        sqn = Quintets.next(sqn, 0, SqnParameters.DEFAULT);
        return Quintets.generate(key.functions(), sqn, 0, random);
    }

    /** What the authentication centre reads in an AUTS. */
    OptionalLong sqnIn(byte[] auts, byte[] rand) {
        return Quintets.resynchronise(key.functions(), rand, auts);
    }

    long lastSqn() {
        return sqn;
    }

    /** A subscription that keeps its sequence numbers in memory. */
    private final class Subscription implements UsimApplication {
        @Override
        public Subscriber subscriber() {
            return new Subscriber(IMSI, "8988211000000000017", 2);
        }

        @Override
        public synchronized UsimAuthentication.Answer authenticate(byte[] rand, byte[] autn) {
            UsimAuthentication.Answer answer = UsimAuthentication.answer(key.functions(), sqns, rand, autn);
            if (answer instanceof UsimAuthentication.Answer.Success success) {
                sqns = success.accepted();
            }
            return answer;
        }

        @Override
        public AkaFunctions.F2345 respond(byte[] rand) {
            return key.functions().f2345(rand);
        }
    }

    /** One cell; nobody is asked for anything. */
    private static final class OpenRadio implements Radio {
        @Override
        public List<Network> scan() {
            return List.of(new Network(PLMN, "Visited", -71));
        }

        @Override
        public Attachment attach(Network network, String imsi, String imei, Authenticator card) {
            return new Attachment() {
                @Override
                public Session activate(String apn) throws IOException {
                    throw new Refused("no service", 33);
                }

                @Override
                public void onLost(Runnable listener) {}

                @Override
                public void close() {}
            };
        }
    }

    void stop() throws Exception {
        inserted.close();
        modem.close();
        usim.close();
        key.close();
    }
}
