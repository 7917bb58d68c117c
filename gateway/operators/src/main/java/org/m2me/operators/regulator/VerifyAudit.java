// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.regulator;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.operators.Regulator;
import org.m2me.operators.Regulator.Page;
import org.m2me.operators.Unavailable;
import org.m2me.operators.http.JsonDocuments;
import org.m2me.operators.http.RoleClient;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.operators.regulator.AuditCheck.Broken;
import org.m2me.operators.wiring.PemFile;
import org.m2me.protocol.crypto.ForgedException;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.pki.Certificate;

/** The command that verifies the regulator's record: exit status 0 if it is whole, 1 if it is not, 2 if that cannot be said. */
public final class VerifyAudit {
    private static final int WHOLE = 0;
    private static final int BROKEN = 1;
    private static final int UNUSABLE = 2;

    private static final String USAGE = """
            Verifies the regulator's record: each entry follows from the one before it, the last one is signed.

            verify-audit --anchors FILE [--earlier FILE] FILE
            verify-audit --anchors FILE [--earlier FILE] --certificate FILE --key FILE [--save FILE] https://HOST:PORT

              --anchors FILE       certificate (PEM) of the authority that certified the regulator
              --earlier FILE       an export that was kept: what was in the record then has to be in it now
              --certificate FILE   with which to call the regulator (PEM), common name console.NAME
              --key FILE           its key (PEM, PKCS #8)
              --save FILE          keeps the export; a new file
              FILE                 an export: pages as the regulator gives them, one after the other from the first
            """;

    private enum Option {
        ANCHORS,
        EARLIER,
        CERTIFICATE,
        KEY,
        SAVE;

        private String flag() {
            return "--" + name().toLowerCase(Locale.ROOT);
        }
    }

    /** Nothing can be said with what the command was given. */
    private static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    private record Arguments(Map<Option, Path> options, String source) {
        static Arguments parse(String... words) throws Unusable {
            Map<Option, Path> options = new EnumMap<>(Option.class);
            @Nullable String source = null;
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
                } else if (word.startsWith("-")) {
                    throw new Unusable(word + ": no such option; see --help");
                } else if (source != null) {
                    throw new Unusable(word + ": only one export at a time; see --help");
                } else {
                    source = word;
                }
            }
            if (source == null) {
                throw new Unusable("no file or address; see --help");
            }
            return new Arguments(options, source);
        }

        Path path(Option option) throws Unusable {
            return find(option).orElseThrow(() -> new Unusable(option.flag() + " is missing; see --help"));
        }

        Optional<Path> find(Option option) {
            return Optional.ofNullable(options.get(option));
        }
    }

    private final Arguments arguments;
    private final List<Certificate> anchors;

    private VerifyAudit(Arguments arguments) throws Unusable, IOException {
        this.arguments = arguments;
        this.anchors = List.of(PemFile.certificate(arguments.path(Option.ANCHORS)));
    }

    public static void main(String... words) {
        System.exit(run(words, System.out, System.err));
    }

    /** The command, with its exit status. */
    static int run(String[] words, PrintStream out, PrintStream err) {
        if (List.of(words).contains("--help")) {
            out.print(USAGE);
            return WHOLE;
        }
        try {
            AuditHead head = new VerifyAudit(Arguments.parse(words)).run();
            out.println("whole: " + head.number() + " entries, signed " + head.at() + ", the last one's hash is "
                    + head.hash());
            return WHOLE;
        } catch (Broken broken) {
            out.println("broken: " + broken.getMessage());
            return BROKEN;
        } catch (Refused refused) {
            err.println("verify-audit: refused: " + refused.code().words());
            return UNUSABLE;
        } catch (Unusable | IOException | Unavailable failed) {
            err.println("verify-audit: " + failed.getMessage());
            return UNUSABLE;
        }
    }

    private AuditHead run() throws Unusable, IOException, Broken, Refused {
        AuditCheck check = new AuditCheck(anchors);
        Optional<Path> earlier = arguments.find(Option.EARLIER);
        if (earlier.isPresent()) {
            check.expect(lastHead(earlier.get()));
        }
        if (arguments.source().startsWith("https:")) {
            fetch(check);
        } else {
            read(Path.of(arguments.source()), check);
        }
        return check.end();
    }

    private static void read(Path file, AuditCheck check) throws IOException, Broken, Unusable {
        try (JsonDocuments<Page> pages = open(file)) {
            for (Optional<Page> page = pages.next(); page.isPresent(); page = pages.next()) {
                check.take(page.get());
            }
        }
    }

    private AuditHead lastHead(Path file) throws IOException, Unusable {
        try (JsonDocuments<Page> pages = open(file)) {
            @Nullable Page last = null;
            for (Optional<Page> page = pages.next(); page.isPresent(); page = pages.next()) {
                last = page.get();
            }
            if (last == null) {
                throw new Unusable(file + ": is empty");
            }
            return AuditHead.verify(last.head(), anchors);
        } catch (ForgedException forged) {
            throw new Unusable(file + ": its head: " + forged.getMessage());
        }
    }

    private static JsonDocuments<Page> open(Path file) throws IOException, Unusable {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new Unusable(file + ": cannot be read");
        }
        return JsonDocuments.read(file, Page.class);
    }

    private void fetch(AuditCheck check) throws Unusable, IOException, Broken, Refused {
        Certificate certificate = PemFile.certificate(arguments.path(Option.CERTIFICATE));
        try (P256PrivateKey key = PemFile.key(arguments.path(Option.KEY), certificate);
                OutputStream kept = kept()) {
            Regulator regulator = new RoleClient(TlsIdentity.of(certificate, key, anchors))
                    .of(Regulator.class, AuditHead.SIGNER, address());
            long after = 0;
            Page page;
            do {
                page = regulator.export(after);
                after += page.entries().size();
                kept.write(JsonDocuments.write(page));
                kept.write('\n');
                check.take(page);
            } while (page.entries().size() == AuditLog.PAGE);
        }
    }

    private URI address() throws Unusable {
        try {
            return URI.create(arguments.source());
        } catch (IllegalArgumentException wrong) {
            throw new Unusable(arguments.source() + ": is no address");
        }
    }

    private OutputStream kept() throws IOException, Unusable {
        Optional<Path> file = arguments.find(Option.SAVE);
        if (file.isEmpty()) {
            return OutputStream.nullOutputStream();
        }
        if (Files.exists(file.get())) {
            throw new Unusable(file.get() + " is there already; name another with --save");
        }
        return Files.newOutputStream(file.get(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
}
