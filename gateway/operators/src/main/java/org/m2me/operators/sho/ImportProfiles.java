// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import org.m2me.operators.command.Arguments;
import org.m2me.operators.command.Unusable;
import org.m2me.operators.sho.profile.Algorithms;
import org.m2me.operators.store.Database;
import org.m2me.operators.store.StorageFailed;
import org.m2me.operators.store.Vault;
import org.m2me.operators.wiring.PemFile;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.pki.Certificate;

/** The command that imports subscriptions: exit status 0 if all were, 1 if some were refused, 2 if nothing could be done. */
public final class ImportProfiles {
    private static final int ALL = 0;
    private static final int SOME = 1;
    private static final int NONE = 2;

    private static final int FILES_MAX = 10_000; // named on one command line
    private static final String ROLE = "sho.";

    private static final String USAGE = """
            Imports subscriptions into an operator's database, for the next devices that it provisions.

            import-profiles --sho DIRECTORY --certificate FILE --key FILE [--report FILE] [--test-algorithms] FILE...

              --sho DIRECTORY      the SHO's, with sho.db; the SHO may be running
              --certificate FILE   the SHO's certificate (PEM), common name sho.MCC-MNC
              --key FILE           its key (PEM, PKCS #8): what is imported is sealed under it
              --report FILE        what could not be used; a new file; import-report.tsv if not given
              --test-algorithms    takes the XOR test algorithm too: for a laboratory, it protects nothing
              FILE                 an interoperable profile package (DER), or CSV
            """;

    private static final String DIRECTORY = "--sho";
    private static final String CERTIFICATE = "--certificate";
    private static final String KEY = "--key";
    private static final String REPORT = "--report";
    private static final String TEST_ALGORITHMS = "--test-algorithms";

    private final Arguments arguments;
    private final Path report;
    private final PrintStream out;

    private ImportProfiles(Arguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.report = Path.of(arguments.find(REPORT).orElse("import-report.tsv"));
        this.out = out;
    }

    public static void main(String... words) {
        System.exit(run(words, System.out, System.err, new World(Clock.systemUTC(), new SecureRandom())));
    }

    /** What comes from outside. */
    record World(Clock clock, SecureRandom random) {}

    /** The command, with its exit status. */
    static int run(String[] words, PrintStream out, PrintStream err, World world) {
        if (Arguments.askForHelp(words)) {
            out.print(USAGE);
            return ALL;
        }
        try {
            Arguments arguments =
                    Arguments.parse(Set.of(DIRECTORY, CERTIFICATE, KEY, REPORT), Set.of(TEST_ALGORITHMS), words);
            return new ImportProfiles(arguments, out)
                    .run(world.random(), world.clock().instant());
        } catch (Unusable | IOException | StorageFailed failed) {
            err.println("import-profiles: " + failed.getMessage());
            return NONE;
        }
    }

    private int run(SecureRandom random, Instant now) throws Unusable, IOException {
        Path directory = arguments.path(DIRECTORY);
        int files = arguments.rest().size();
        if (files == 0 || files > FILES_MAX) {
            throw new Unusable(files + " files: wants 1 to " + FILES_MAX);
        }
        if (!Files.isDirectory(directory)) {
            throw new Unusable(directory + " is not a directory");
        }
        Certificate certificate = PemFile.certificate(arguments.path(CERTIFICATE));
        if (!certificate.commonName().startsWith(ROLE)) {
            throw new Unusable(certificate.commonName() + " is no SHO: its certificate's name begins with " + ROLE);
        }
        Plmn operator = Plmn.parse(certificate.commonName().substring(ROLE.length()));
        try (P256PrivateKey key = PemFile.key(arguments.path(KEY), certificate);
                Database database = ShoRole.open(directory);
                Vault vault = new Vault(key, certificate.commonName(), random); // as RoleContext has it
                ImportReport open = ImportReport.create(report, operator, now)) {
            Algorithms algorithms = new Algorithms(arguments.has(TEST_ALGORITHMS));
            return files(new SubscriptionImport(database, vault, operator, algorithms), open);
        }
    }

    private int files(SubscriptionImport target, ImportReport open) throws IOException {
        int imported = 0;
        int refused = 0;
        for (String file : arguments.rest()) {
            SubscriptionImport.Result result = target.file(Path.of(file));
            open.add(result);
            imported += result.imported().size();
            refused += result.refused().size();
            out.println(file + ": " + result.imported().size() + " imported, "
                    + result.refused().size() + " refused");
            result.refused().stream()
                    .map(SubscriptionImport.Unused::finding)
                    .findFirst()
                    .ifPresent(finding -> out.println("  " + finding.field() + ": " + finding.why()));
        }
        out.println(imported + " imported, " + refused + " refused; what could not be used is in " + report);
        return refused == 0 ? ALL : SOME;
    }
}
