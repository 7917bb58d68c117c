// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.m2me.protocol.Golden;
import org.m2me.protocol.Mutations;
import org.m2me.protocol.Samples;
import org.m2me.protocol.cbor.CborException;
import org.m2me.protocol.cose.CoseSign1;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.Authenticity;
import org.m2me.protocol.evidence.Evidence;
import org.m2me.protocol.evidence.ReferenceValues;

/** Damaged messages meet each decoder: it refuses with its own exception, or reads what encodes to the same bytes. */
class DamagedMessagesTest {
    private static final long SEED = 812_33;
    private static final int MUTANTS = 20_000;
    private static final int SIGNED_MUTANTS = 1_000; // each takes a signature or two

    private static final P256PublicKey KEY = Samples.SIGNER.publicKey();

    private interface Decoder {
        /** Reads a message, and writes it again. */
        byte[] again(byte[] bytes) throws CborException, ForgedException;
    }

    private static final Map<String, Decoder> PLAIN = Map.of(
            "Register", bytes -> Register.decode(bytes).encode(),
            "RegisterAnswer", bytes -> RegisterAnswer.decode(bytes).encode(),
            "Mail", bytes -> Mail.decode(bytes).encode(),
            "Verdict", bytes -> Verdict.decode(bytes).encode(),
            "OrderAnswer", bytes -> OrderAnswer.decode(bytes).encode(),
            "Relay", bytes -> Relay.decode(bytes).encode(),
            "Telemetry", bytes -> Telemetry.decode(bytes).encode(),
            "ActivationRequest", bytes -> ActivationRequest.decode(bytes).encode(),
            "Activation", bytes -> Activation.decode(bytes).encode(),
            "DeviceFeed", bytes -> DeviceFeed.decode(bytes).encode());

    private static final Map<String, Decoder> SIGNED = Map.of(
            "ProvisioningReport", bytes -> ProvisioningReport.verify(bytes, KEY).sign(Samples.SIGNER),
            "Release", bytes -> Release.verify(bytes, KEY.thumbprint()).sign(Samples.SIGNER),
            "Authenticity", bytes -> Authenticity.verify(bytes, KEY).sign(Samples.SIGNER),
            "Evidence", bytes -> Evidence.verify(bytes, KEY).sign(Samples.SIGNER),
            "AttestationResult", bytes -> AttestationResult.verify(bytes, KEY).sign(Samples.SIGNER),
            "ReferenceValues", bytes -> ReferenceValues.verify(bytes, KEY).sign(Samples.SIGNER));

    @Test
    void everyDecoderRefusesOrReadsExactly() throws Exception {
        Mutations mutations = new Mutations(SEED, goldens());
        Map<String, Integer> accepted = new HashMap<>();
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutations.next();
            for (Map.Entry<String, Decoder> decoder : PLAIN.entrySet()) {
                if (readsExactly(decoder.getValue(), mutant)) {
                    accepted.merge(decoder.getKey(), 1, Integer::sum);
                }
            }
        }
        assertThat(accepted.keySet())
                .as("each accepts some, or the damage is too great")
                .isEqualTo(PLAIN.keySet());
    }

    @Test
    void nothingThatIsSignedSurvivesDamage() throws Exception {
        List<byte[]> goldens = goldens();
        Mutations mutations = new Mutations(SEED, goldens);
        for (int i = 0; i < SIGNED_MUTANTS; i++) {
            byte[] mutant = mutations.next();
            boolean whole = goldens.stream().anyMatch(golden -> Arrays.equals(golden, mutant));
            for (Decoder decoder : SIGNED.values()) {
                assertThat(whole || !readsExactly(decoder, mutant)).isTrue();
            }
        }
    }

    @Test
    void contentThatIsSignedButMalformedIsRefused() throws Exception {
        List<byte[]> payloads = new ArrayList<>();
        for (byte[] golden : goldens()) {
            if ((golden[0] & 0xff) == 0xd2) {
                payloads.add(CoseSign1.parse(golden).unverifiedPayload());
            }
        }
        Mutations mutations = new Mutations(SEED, payloads);
        for (int i = 0; i < SIGNED_MUTANTS; i++) {
            byte[] signed = CoseSign1.sign(mutations.next(), CoseSign1.NO_PURPOSE, Samples.SIGNER);
            for (Decoder decoder : SIGNED.values()) {
                tolerate(decoder, signed);
            }
        }
    }

    private static boolean readsExactly(Decoder decoder, byte[] mutant) {
        try {
            assertThat(decoder.again(mutant)).isEqualTo(mutant);
            return true;
        } catch (CborException | ForgedException refused) {
            return false;
        }
    }

    /** Claim sets may hold what is not read, so they need not come out the same; but nothing else may be thrown. */
    private static void tolerate(Decoder decoder, byte[] signed) {
        try {
            assertThat(decoder.again(signed)).isNotEmpty();
        } catch (CborException | ForgedException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static List<byte[]> goldens() {
        return Arrays.stream(Golden.values()).map(Golden::bytes).toList();
    }
}
