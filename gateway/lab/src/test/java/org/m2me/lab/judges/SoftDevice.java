// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.judges;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.m2me.hal.SmartCard;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironment;
import org.m2me.hal.TrustedEnvironmentProvider;
import org.m2me.hal.emulated.Radio;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.envelope.CmsMcimEnvelope;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.tre.SoftTrustedEnvironmentProvider;

/** A Trusted Environment as its supplier would make it, with a PCID whose key others know too; asked by APDU only. */
final class SoftDevice implements AutoCloseable {
    private static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOT_AFTER = NOT_BEFORE.plus(Duration.ofDays(3650));
    private static final Opaque OWNER_TOKEN = Opaque.hex("000102030405060708090a0b0c0d0e0f");
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] SELECT_USIM = HEX.parseHex("00a4040c07a0000000871002");

    private static final int MORE = 0x61; // GET RESPONSE fetches it
    private static final int SUCCESS = 0xdb;
    private static final int OUT_OF_STEP = 0xdc;

    private final TrustedEnvironment environment;
    private final SmartCard card;
    private int resynchronisations;

    SoftDevice(Path directory, Imsi pcid, AkaKey key, SecureRandom random) throws IOException, TrustException {
        TrustedEnvironmentProvider provider = new SoftTrustedEnvironmentProvider();
        Files.createDirectories(directory);
        var blank = provider.make(directory, random);
        P256PrivateKey supplierKey = P256PrivateKey.generate(random);
        var supplier = CertificateAuthority.selfSigned("supplier.acme", supplierKey, NOT_BEFORE, NOT_AFTER);
        Ueid ueid = new Ueid(Opaque.of(blank.ueid()));
        Mcim content = new Mcim(
                ueid,
                Plmn.parse("901-70"),
                new Nonce(Opaque.of(blank.pcidNonce())),
                1,
                pcid,
                "8990170000000000018",
                key.copy(),
                SqnArray.fresh(SqnParameters.DEFAULT),
                "provisioning.ro",
                OWNER_TOKEN);
        try (content) {
            byte[] envelope =
                    new CmsMcimEnvelope(random).seal(content, P256PublicKey.ofSpki(blank.agreementKey()), supplierKey);
            provider.personalise(
                    directory,
                    new TrustedEnvironmentProvider.Personalisation(
                            certificate(supplier, ueid, blank.platformKey()),
                            certificate(supplier, ueid, blank.transportKey()),
                            List.of(supplier.certificate().der()),
                            supplier.certificate().der(),
                            envelope,
                            OWNER_TOKEN.bytes()),
                    random);
        }
        environment = provider.open(directory, random);
        card = environment.usim();
    }

    private static byte[] certificate(CertificateAuthority supplier, Ueid ueid, byte[] spki) {
        return supplier.issue(new CertificateAuthority.Request(
                        ueid.hex(),
                        "",
                        P256PublicKey.ofSpki(spki),
                        CertificateAuthority.Usage.DEVICE,
                        NOT_BEFORE,
                        NOT_AFTER))
                .der();
    }

    /** What goes into a reader. */
    SmartCard card() {
        return card;
    }

    /** How often it asked the network to count on from elsewhere. */
    int resynchronisations() {
        return resynchronisations;
    }

    /** What a modem does with a challenge: AUTHENTICATE in the UMTS context (TS 31.102 7.1.2). */
    Radio.Answer authenticate(byte[] rand, byte[] autn) {
        transmit(SELECT_USIM);
        byte[] answer = transmit(ByteBuffer.allocate(39)
                .put(HEX.parseHex("0088008122"))
                .put((byte) rand.length)
                .put(rand)
                .put((byte) autn.length)
                .put(autn)
                .array());
        int tag = answer.length == 0 ? 0 : answer[0] & 0xff;
        byte[] value = tag == 0 ? new byte[0] : Arrays.copyOfRange(answer, 2, 2 + answer[1]);
        if (tag == OUT_OF_STEP) {
            resynchronisations++;
            return new Radio.Answer(new byte[0], value);
        }
        return new Radio.Answer(tag == SUCCESS ? value : new byte[0], new byte[0]);
    }

    /** The data of the answer, fetched where the card says that there is some; without the status. */
    private byte[] transmit(byte[] command) {
        byte[] answer = card.transmit(command);
        if ((answer[answer.length - 2] & 0xff) == MORE) {
            answer = card.transmit(new byte[] {0, (byte) 0xc0, 0, 0, answer[answer.length - 1]});
        }
        return Arrays.copyOf(answer, answer.length - 2);
    }

    @Override
    public void close() {
        environment.close();
    }
}
