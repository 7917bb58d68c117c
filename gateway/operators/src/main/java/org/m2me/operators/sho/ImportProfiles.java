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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

    private enum Option {
        SHO,
        CERTIFICATE,
        KEY,
        REPORT;

        private String flag() {
            return "--" + name().toLowerCase(Locale.ROOT);
        }
    }

    private record Arguments(Map<Option, Path> options, boolean testAlgorithms, List<Path> files) {
        static Arguments parse(String... words) throws Unusable {
            Map<Option, Path> options = new EnumMap<>(Option.class);
            options.put(Option.REPORT, Path.of("import-report.tsv"));
            List<Path> files = new ArrayList<>();
            boolean test = false;
            for (int i = 0; i < words.length; i++) {
                String word = words[i];
                Optional<Option> option = Arrays.stream(Option.values())
                        .filter(one -> one.flag().equals(word))
                        .findFirst();
                if (option.isPresent()) {
                    i++;
                    if (i == words.length) {
                        throw new Unusable(word + ": wants a value");
                    }
                    options.put(option.get(), Path.of(words[i]));
                } else if (word.equals("--test-algorithms")) {
                    test = true;
                } else if (word.startsWith("-")) {
                    throw new Unusable(word + ": no such option; see --help");
                } else {
                    files.add(Path.of(word));
                }
            }
            for (Option option : Option.values()) {
                if (!options.containsKey(option)) {
                    throw new Unusable(option.flag() + " is missing; see --help");
                }
            }
            if (files.isEmpty() || files.size() > FILES_MAX) {
                throw new Unusable(files.size() + " files: wants 1 to " + FILES_MAX);
            }
            return new Arguments(options, test, files);
        }

        Path path(Option option) {
            return Optional.ofNullable(options.get(option)).orElseThrow();
        }
    }

    /** Nothing can be done with what the command was given. */
    private static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    private final Arguments arguments;
    private final PrintStream out;

    private ImportProfiles(Arguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
    }

    public static void main(String... words) {
        System.exit(run(words, System.out, System.err, new World(Clock.systemUTC(), new SecureRandom())));
    }

    /** What comes from outside. */
    record World(Clock clock, SecureRandom random) {}

    /** The command, with its exit status. */
    static int run(String[] words, PrintStream out, PrintStream err, World world) {
        if (List.of(words).contains("--help")) {
            out.print(USAGE);
            return ALL;
        }
        try {
            return new ImportProfiles(Arguments.parse(words), out)
                    .run(world.random(), world.clock().instant());
        } catch (Unusable | IOException | StorageFailed failed) {
            err.println("import-profiles: " + failed.getMessage());
            return NONE;
        }
    }

    private int run(SecureRandom random, Instant now) throws Unusable, IOException {
        Path directory = arguments.path(Option.SHO);
        if (!Files.isDirectory(directory)) {
            throw new Unusable(directory + " is not a directory");
        }
        Certificate certificate = PemFile.certificate(arguments.path(Option.CERTIFICATE));
        if (!certificate.commonName().startsWith(ROLE)) {
            throw new Unusable(certificate.commonName() + " is no SHO: its certificate's name begins with " + ROLE);
        }
        Plmn operator = Plmn.parse(certificate.commonName().substring(ROLE.length()));
        try (P256PrivateKey key = PemFile.key(arguments.path(Option.KEY), certificate);
                Database database = ShoRole.open(directory);
                Vault vault = new Vault(key, certificate.commonName(), random); // as RoleContext has it
                ImportReport report = ImportReport.create(arguments.path(Option.REPORT), operator, now)) {
            Algorithms algorithms = new Algorithms(arguments.testAlgorithms());
            return files(new SubscriptionImport(database, vault, operator, algorithms), report);
        }
    }

    private int files(SubscriptionImport target, ImportReport report) throws IOException {
        int imported = 0;
        int refused = 0;
        for (Path file : arguments.files()) {
            SubscriptionImport.Result result = target.file(file);
            report.add(result);
            imported += result.imported().size();
            refused += result.refused().size();
            out.println(file + ": " + result.imported().size() + " imported, "
                    + result.refused().size() + " refused");
            result.refused().stream()
                    .map(SubscriptionImport.Unused::finding)
                    .findFirst()
                    .ifPresent(finding -> out.println("  " + finding.field() + ": " + finding.why()));
        }
        out.println(imported + " imported, " + refused + " refused; what could not be used is in "
                + arguments.path(Option.REPORT));
        return refused == 0 ? ALL : SOME;
    }
}
