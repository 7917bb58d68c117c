// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.command;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.m2me.operators.http.RoleClient;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.operators.wiring.PemFile;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.pki.Certificate;

/** The words of a command line: options with their values ({@code --key FILE}), flags, and the rest. */
public final class Arguments {
    /** Asks for the explanation, and nothing else. */
    private static final String HELP = "--help";

    private final Map<String, String> options;
    private final Set<String> flags;
    private final List<String> rest;

    private Arguments(Map<String, String> options, Set<String> flags, List<String> rest) {
        this.options = Map.copyOf(options);
        this.flags = Set.copyOf(flags);
        this.rest = List.copyOf(rest);
    }

    /** Whether somebody wants to be told how a command is used. */
    public static boolean askForHelp(String... words) {
        return List.of(words).contains(HELP);
    }

    /**
     * Reads a command line.
     *
     * @param options that have a value, with their hyphens; of one that is given twice the last counts
     * @param flags that have none
     * @throws Unusable for any other word that begins with a hyphen, and an option without a value
     */
    public static Arguments parse(Set<String> options, Set<String> flags, String... words) throws Unusable {
        Map<String, String> values = new HashMap<>();
        Set<String> set = new HashSet<>();
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            String word = words[i];
            if (options.contains(word)) {
                i++;
                if (i == words.length) {
                    throw new Unusable(word + ": wants a value");
                }
                values.put(word, words[i]);
            } else if (flags.contains(word)) {
                set.add(word);
            } else if (word.startsWith("-")) {
                throw new Unusable(word + ": no such option; see --help");
            } else {
                rest.add(word);
            }
        }
        return new Arguments(values, set, rest);
    }

    /** Words that are neither. */
    public List<String> rest() {
        return rest;
    }

    public boolean has(String flag) {
        return flags.contains(flag);
    }

    public Optional<String> find(String option) {
        return Optional.ofNullable(options.get(option));
    }

    /** @throws Unusable if it was not given */
    public String value(String option) throws Unusable {
        return find(option).orElseThrow(() -> new Unusable(option + " is missing; see --help"));
    }

    /** @throws Unusable if it was not given */
    public Path path(String option) throws Unusable {
        return Path.of(value(option));
    }

    /** Where a role is served. @throws Unusable if this is no {@code https://HOST:PORT} */
    public static URI address(String text) throws Unusable {
        try {
            URI address = new URI(text);
            if ("https".equals(address.getScheme()) && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException wrong) {
            throw new Unusable(text + ": is no address: " + wrong.getReason());
        }
        throw new Unusable(text + ": is no address, wants https://HOST:PORT");
    }

    /** A client with the certificate and key that the command was given as {@code --anchors}, {@code --certificate} and {@code --key}. */
    public RoleClient client() throws Unusable, IOException {
        List<Certificate> anchors = List.of(PemFile.certificate(path("--anchors")));
        Certificate certificate = PemFile.certificate(path("--certificate"));
        try (P256PrivateKey key = PemFile.key(path("--key"), certificate)) {
            return new RoleClient(TlsIdentity.of(certificate, key, anchors));
        }
    }
}
