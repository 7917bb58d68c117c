// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.operators.ivf.alone.ResultResources.DeviceClaim;
import org.m2me.operators.ivf.alone.ResultResources.Rules;
import org.m2me.operators.wiring.PemFile;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.pki.Certificate;

/**
 * The configuration file.
 *
 * @param identity absent for plain HTTP on loopback
 */
record AloneSettings(
        String host, int port, Path database, Optional<TlsIdentity> identity, Issuers issuers, Rules rules) {
    private static final String ISSUER = "issuer.";
    private static final Set<String> KEYS = Set.of(
            "listen",
            "database",
            "tls",
            "tls.certificate",
            "tls.key",
            "tls.clients",
            "publishers",
            "readers",
            "device-claim",
            "lifetime");
    private static final int FILE_SIZE_MAX = 64 * 1024;
    private static final int PORT_MAX = 65_535;

    /** A day, as the PVA's own results. */
    private static final String LIFETIME = "PT24H";

    /** What is wrong with the file, and what to do. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    /** Files that it names are looked for beside it. */
    static AloneSettings read(Path file) throws Unusable {
        Properties properties = new Properties();
        if (!Files.isReadable(file) || file.toFile().length() > FILE_SIZE_MAX) {
            throw new Unusable(file + ": cannot be read, or has more than " + FILE_SIZE_MAX + " bytes");
        }
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException malformed) {
            throw new Unusable(file + ": " + malformed.getMessage());
        }
        Path directory = file.toAbsolutePath().getParent();
        return new Reading(file, directory == null ? Path.of("") : directory, properties).settings();
    }

    private record Reading(Path file, Path directory, Properties properties) {
        AloneSettings settings() throws Unusable {
            for (String name : properties.stringPropertyNames()) {
                if (!KEYS.contains(name) && !name.startsWith(ISSUER)) {
                    throw unusable(
                            name, "is not known; there are " + new java.util.TreeSet<>(KEYS) + " and issuer.NAME");
                }
            }
            boolean plain = text("tls", "on").equals("off");
            String listen = text("listen", "localhost:8443");
            int colon = listen.lastIndexOf(':');
            return new AloneSettings(
                    listen.substring(0, Math.max(colon, 0)),
                    port(listen.substring(colon + 1)),
                    directory.resolve(text("database", "ivf.db")),
                    plain ? Optional.empty() : Optional.of(identity()),
                    issuers(),
                    new Rules(
                            plain ? Set.of("*") : names("publishers"),
                            plain ? Set.of("*") : names("readers"),
                            deviceClaim(),
                            lifetime()));
        }

        private TlsIdentity identity() throws Unusable {
            Certificate certificate = certificate("tls.certificate");
            try (P256PrivateKey key = PemFile.key(path("tls.key"), certificate)) {
                return TlsIdentity.of(certificate, key, List.of(certificate("tls.clients")));
            } catch (IOException wrong) {
                throw unusable("tls.key", String.valueOf(wrong.getMessage()));
            }
        }

        private Certificate certificate(String name) throws Unusable {
            try {
                return PemFile.certificate(path(name));
            } catch (IOException wrong) {
                throw unusable(name, String.valueOf(wrong.getMessage()));
            }
        }

        private Issuers issuers() throws Unusable {
            Map<String, P256PublicKey> keys = new HashMap<>();
            for (String name : properties.stringPropertyNames()) {
                if (name.startsWith(ISSUER)) {
                    keys.put(name.substring(ISSUER.length()), issuer(name));
                }
            }
            try {
                return new Issuers(keys);
            } catch (IllegalArgumentException wrong) {
                throw unusable("issuer.NAME", wrong.getMessage() + ": a file with the verifier's public key");
            }
        }

        private P256PublicKey issuer(String name) throws Unusable {
            try {
                Path path = path(name);
                String text = Files.readString(path);
                return text.strip().startsWith("{") ? Jose.publicKey(text) : PemFile.publicKey(path);
            } catch (IOException | IllegalArgumentException wrong) {
                throw unusable(
                        name, "wants a JWK, a public key or a certificate of P-256 in PEM: " + wrong.getMessage());
            }
        }

        private Set<String> names(String name) throws Unusable {
            Set<String> names = new HashSet<>();
            for (String one : text(name, "").split(",", -1)) {
                if (!one.isBlank()) {
                    names.add(one.strip());
                }
            }
            if (names.isEmpty()) {
                throw unusable(name, "is missing: common names of certificates, with commas, or *");
            }
            return names;
        }

        private DeviceClaim deviceClaim() throws Unusable {
            try {
                return DeviceClaim.valueOf(text("device-claim", "ueid").toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw unusable("device-claim", "wants ueid, sub or none");
            }
        }

        private Duration lifetime() throws Unusable {
            try {
                Duration lifetime = Duration.parse(text("lifetime", LIFETIME));
                if (!lifetime.isNegative() && !lifetime.isZero()) {
                    return lifetime;
                }
            } catch (DateTimeException malformed) {
                // said below
            }
            throw unusable("lifetime", "wants a duration like PT24H");
        }

        private int port(String digits) throws Unusable {
            try {
                int port = Integer.parseInt(digits);
                if (port >= 0 && port <= PORT_MAX) {
                    return port;
                }
            } catch (NumberFormatException malformed) {
                // said below
            }
            throw unusable("listen", "wants HOST:PORT");
        }

        private Path path(String name) throws Unusable {
            String text = text(name, "");
            if (text.isEmpty()) {
                throw unusable(name, "is missing: names a file");
            }
            return directory.resolve(text);
        }

        private String text(String name, String otherwise) {
            return properties.getProperty(name, otherwise).strip();
        }

        private Unusable unusable(String name, String fault) {
            return new Unusable(file + ": " + name + ": " + fault);
        }
    }
}
