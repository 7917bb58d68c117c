// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.auc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.AuthenticationCentre.Resynchronisation;
import org.m2me.operators.AuthenticationCentre.VectorRequest;
import org.m2me.operators.ManualClock;
import org.m2me.operators.World;
import org.m2me.operators.access.Usim;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.StorageFailed;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.aka.AkaAlgorithm;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.AuthenticationVector;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.aka.UsimAuthentication;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;

class AucTest {
    private static final Imsi IMSI = new Imsi("262010000000001");

    @TempDir
    Path directory;

    private final SecureRandom random = new SecureRandom();
    private final ManualClock clock = new ManualClock(World.START);
    private final byte[] k = bytes(16);
    private final AkaKey key = new AkaKey(AkaAlgorithm.MILENAGE, SecretBytes.copyOf(k), SecretBytes.random(16, random));
    private final P256PrivateKey role = P256PrivateKey.generate(random);
    private Vault vault;
    private Database database;
    private Auc auc;
    private SqnArray usim = SqnArray.fresh(SqnParameters.DEFAULT);

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("auc.db"), Auc.SCHEMA.toArray(String[]::new));
        vault = new Vault(role, "icf", random);
        auc = new Auc(vault, clock, random);
        database.change((Connection connection) -> {
            if (!auc.holds(connection, IMSI, key, SqnParameters.DEFAULT)) {
                auc.put(connection, IMSI, key, SqnParameters.DEFAULT);
            }
        });
    }

    @AfterEach
    void close() {
        database.close();
        vault.close();
    }

    private List<AuthenticationVector> vectors(String node, int count, Optional<Resynchronisation> auts)
            throws Refused {
        return database.transact(
                (Connection connection) -> auc.vectors(connection, new VectorRequest(IMSI, node, count, auts, false)));
    }

    private UsimAuthentication.Answer answer(AuthenticationVector vector) {
        var answer = UsimAuthentication.answer(key.functions(), usim, vector.rand(), vector.autn());
        if (answer instanceof UsimAuthentication.Answer.Success success) {
            usim = success.accepted();
        }
        return answer;
    }

    /** The sequence number in a vector, as only who has the key can read it. */
    private long sqn(AuthenticationVector vector) {
        byte[] ak = key.functions().f2345(vector.rand()).ak();
        long sqn = 0;
        for (int i = 0; i < 6; i++) {
            sqn = (sqn << 8) | ((vector.autn()[i] ^ ak[i]) & 0xff);
        }
        return sqn;
    }

    @Test
    void countsAsAnotherAuthenticationCentreDoes() throws Refused {
        // osmo-hlr gave 33, 65, 97, 129, 161 to the first client of a new subscriber, whose IND there was 1.
        vectors("the node at place 0", 1, Optional.empty());
        var five = vectors("the node at place 1", 5, Optional.empty());
        assertThat(five.stream().map(this::sqn)).containsExactly(65L, 97L, 129L, 161L, 193L);
        assertThat(five).allMatch(vector -> answer(vector) instanceof UsimAuthentication.Answer.Success);
    }

    @Test
    void givesEachServingNodeAPlaceOfItsOwnThatLasts() throws Refused {
        long first = sqn(vectors("vno.262-42", 1, Optional.empty()).get(0)) & 31;
        long second = sqn(vectors("vno.208-10", 1, Optional.empty()).get(0)) & 31;
        close();
        open();
        long firstAgain = sqn(vectors("vno.262-42", 1, Optional.empty()).get(0)) & 31;
        assertThat(second).isNotEqualTo(first);
        assertThat(firstAgain).isEqualTo(first);
    }

    @Test
    void neverGivesASequenceNumberTwiceNotEvenAfterARestart() throws Refused {
        long before = sqn(vectors("vno.262-42", 1, Optional.empty()).get(0));
        close();
        open();
        assertThat(sqn(vectors("vno.262-42", 1, Optional.empty()).get(0))).isGreaterThan(before);
    }

    @Test
    void resynchronisesWithACardThatIsAhead() throws Refused {
        usim = usim.accepting(1010L << 5);
        var stale = vectors("vno.262-42", 1, Optional.empty()).get(0);
        var failure = (UsimAuthentication.Answer.SynchronisationFailure) answer(stale);
        var auts = new Resynchronisation(Opaque.of(stale.rand()), Opaque.of(failure.auts()));
        var fresh = vectors("vno.262-42", 1, Optional.of(auts)).get(0);
        assertThat(sqn(fresh) >> 5).isEqualTo(1011);
        assertThat(answer(fresh)).isInstanceOf(UsimAuthentication.Answer.Success.class);
    }

    @Test
    void doesNotTurnBackForAnAutsOfThePast() throws Refused {
        usim = usim.accepting(1010L << 5);
        var stale = vectors("vno.262-42", 1, Optional.empty()).get(0);
        var failure = (UsimAuthentication.Answer.SynchronisationFailure) answer(stale);
        var auts = new Resynchronisation(Opaque.of(stale.rand()), Opaque.of(failure.auts()));
        vectors("vno.262-42", 5, Optional.of(auts));
        long last = sqn(vectors("vno.262-42", 1, Optional.empty()).get(0));
        assertThat(sqn(vectors("vno.262-42", 1, Optional.of(auts)).get(0))).isGreaterThan(last);
    }

    @Test
    void refusesAForgedAutsAndMovesNothing() throws Refused {
        var vector = vectors("vno.262-42", 1, Optional.empty()).get(0);
        var forged = new Resynchronisation(Opaque.of(vector.rand()), Opaque.of(bytes(14)));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> vectors("vno.262-42", 1, Optional.of(forged)))
                .matches(refused -> refused.code() == ResultCode.AUTHENTICATION_FAILED);
        assertThat(sqn(vectors("vno.262-42", 1, Optional.empty()).get(0))).isEqualTo(sqn(vector) + 32);
    }

    @Test
    void keepsKeysSealed() throws IOException {
        database.close();
        for (String file : List.of("auc.db", "auc.db-wal")) {
            Path path = directory.resolve(file);
            if (Files.exists(path)) {
                String content = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
                assertThat(content).doesNotContain(new String(k, StandardCharsets.ISO_8859_1));
            }
        }
    }

    @Test
    void doesNotUseSubscriptionsOfAnotherRole() {
        auc = new Auc(new Vault(P256PrivateKey.generate(random), "icf", random), clock, random);
        assertThatExceptionOfType(StorageFailed.class)
                .isThrownBy(() -> vectors("vno.262-42", 1, Optional.empty()))
                .withMessageContaining("the role's key changed");
    }

    @Test
    void noticesAKeyOfAnotherSubscription() throws Refused {
        Imsi other = new Imsi("262010000000002");
        database.change((Connection connection) -> {
            auc.put(connection, other, Usim.newKey(random), SqnParameters.DEFAULT);
            Sql.update(
                    connection,
                    "UPDATE auc_subscription SET sealed = (SELECT sealed FROM auc_subscription WHERE imsi = ?)"
                            + " WHERE imsi = ?",
                    other,
                    IMSI);
        });
        assertThatExceptionOfType(StorageFailed.class)
                .isThrownBy(() -> vectors("vno.262-42", 1, Optional.empty()))
                .withMessageContaining("does not open");
    }

    @Test
    void countsASessionOnceByItsHighestReport() throws Refused {
        count("a", 100);
        count("a", 300);
        count("a", 200);
        count("b", 50);
        assertThat(used()).isEqualTo(new Auc.Used(350, 2));
        clock.advance(Auc.SESSION_KEPT.plus(Duration.ofSeconds(1)));
        count("c", 1);
        assertThat(used()).isEqualTo(new Auc.Used(351, 3));
    }

    private void count(String session, long bytes) throws Refused {
        database.change((Connection connection) -> auc.count(connection, IMSI, session, bytes));
    }

    private Auc.Used used() throws Refused {
        return database.read((Connection connection) -> auc.used(connection, IMSI));
    }

    @Test
    void refusesRequestsOutOfRange() {
        for (int count : List.of(0, 6, -1)) {
            assertThatExceptionOfType(Refused.class).isThrownBy(() -> vectors("vno", count, Optional.empty()));
        }
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> vectors("", 1, Optional.empty()));
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> vectors("n".repeat(65), 1, Optional.empty()));
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> count("s", -1));
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> count("s".repeat(65), 1));
    }
}
