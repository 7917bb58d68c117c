// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.m2me.operators.sho.profile.Algorithms;
import org.m2me.operators.sho.profile.Finding;
import org.m2me.operators.sho.profile.ProfileCsv;
import org.m2me.operators.sho.profile.ProfilePackage;
import org.m2me.operators.sho.profile.ProfileRefused;
import org.m2me.operators.sho.profile.Subscription;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.Sql;
import org.m2me.operators.store.Vault;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

/**
 * Puts subscriptions from files into an operator's database: a package, or the good lines of a CSV file, in one
 * transaction. The operator may be at work on the same database meanwhile.
 */
final class SubscriptionImport {
    private final Database database;
    private final Vault vault;
    private final Plmn operator;
    private final Algorithms algorithms;

    /** @throws org.m2me.operators.store.StorageFailed if the vault is not the one that the operator's role has */
    SubscriptionImport(Database database, Vault vault, Plmn operator, Algorithms algorithms) {
        this.database = database;
        this.vault = vault;
        this.operator = operator;
        this.algorithms = algorithms;
        database.read(connection -> {
            SubscriptionPool.checkKey(connection, vault);
            return true;
        });
    }

    /**
     * Something that was not used.
     *
     * @param source the file, or the file and its line
     */
    record Unused(String source, Finding finding) {}

    /**
     * What became of a file.
     *
     * @param imported in their order
     * @param refused subscriptions that were not imported
     * @param unused what else the file has
     */
    record Result(List<Imsi> imported, List<Unused> refused, List<Unused> unused) {
        static Result empty() {
            return new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    Result file(Path file) {
        String source = String.valueOf(file.getFileName());
        Result result = Result.empty();
        byte[] content = new byte[0];
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(ProfileCsv.SIZE_MAX + 1);
            if (content.length > 0 && content[0] == ProfilePackage.BEGIN) {
                importPackage(content, source, result);
            } else {
                importLines(content, source, result);
            }
        } catch (ProfileRefused refused) {
            result.refused().add(new Unused(source, refused.finding()));
        } catch (IOException unreadable) {
            Finding finding = new Finding("file", "cannot be read: " + unreadable, "check its name and its mode");
            result.refused().add(new Unused(source, finding));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
        return result;
    }

    private void importPackage(byte[] der, String source, Result result) throws ProfileRefused {
        ProfilePackage.Content content = ProfilePackage.read(der, algorithms);
        try (Subscription subscription = content.subscription()) {
            database.change(connection -> add(connection, subscription));
            result.imported().add(subscription.imsi());
            content.unused().forEach(finding -> result.unused().add(new Unused(source, finding)));
        }
    }

    private void importLines(byte[] file, String source, Result result) throws ProfileRefused {
        ProfileCsv csv = ProfileCsv.of(file, algorithms);
        database.change(connection -> csv.read(new ProfileCsv.Sink<SQLException>() {
            @Override
            public void accept(Subscription subscription) throws ProfileRefused, SQLException {
                add(connection, subscription);
                result.imported().add(subscription.imsi());
            }

            @Override
            public void refuse(int line, Finding finding) {
                result.refused().add(new Unused(source + ":" + line, finding));
            }
        }));
    }

    private void add(Connection connection, Subscription subscription) throws ProfileRefused, SQLException {
        Imsi imsi = subscription.imsi();
        String name = "IMSI " + imsi;
        if (!operator.isHomeOf(imsi)) {
            throw refused(name, "is of another network than " + operator, "import it with the operator whose it is");
        }
        if (isKnown(connection, imsi)) {
            throw refused(name, "there is a subscription with it here", "leave it out, or have another made");
        }
        Optional<Imsi> other = ImportedSubscriptions.of(connection, subscription.iccid());
        if (other.isPresent()) {
            throw refused(
                    "ICCID " + subscription.iccid(),
                    "is that of IMSI " + other.get(),
                    "leave " + imsi + " out, or have it made with another ICCID");
        }
        new ImportedSubscriptions(vault).add(connection, subscription);
    }

    private static boolean isKnown(Connection connection, Imsi imsi) throws SQLException {
        for (String table : List.of("imported", "pool", "auc_subscription", "registration")) {
            if (Sql.first(connection, "SELECT 1 FROM " + table + " WHERE imsi = ?", row -> true, imsi)
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private static ProfileRefused refused(String field, String why, String remedy) {
        return new ProfileRefused(new Finding(field, why, remedy));
    }
}
