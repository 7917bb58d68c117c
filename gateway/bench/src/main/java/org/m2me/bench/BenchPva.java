// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.m2me.operators.Pva;
import org.m2me.operators.pva.AppraisalPolicy;
import org.m2me.operators.pva.PvaRole;
import org.m2me.operators.pva.PvaSettings;
import org.m2me.operators.wiring.AddressBook;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.operators.wiring.RoleHost;
import org.m2me.operators.wiring.RunningRole;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.step.StepObserver;

/** The process that is measured: a PVA as any operator would run it, alone. */
final class BenchPva {
    /** What the OCSP responder is called among the addresses. */
    static final String OCSP = "ocsp";

    private BenchPva() {}

    /**
     * Argument: the directory with the identities. Reads who is where, a line each until an empty one, prints its own
     * address, then works until its input ends.
     */
    public static void main(String... words) throws IOException {
        Path directory = Path.of(words[0]);
        Logger.getLogger("").setLevel(Level.WARNING);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        Map<String, URI> addresses = addresses(in);
        URI ocsp = Optional.ofNullable(addresses.remove(OCSP)).orElseThrow();
        PvaSettings settings = settings(directory, ocsp);
        try (P256PrivateKey key = Identities.key(directory, Names.PVA);
                RoleHost host = new RoleHost(new AddressBook(addresses))) {
            RoleContext context = new RoleContext(
                    Files.createDirectories(directory.resolve("roles").resolve(Names.PVA)),
                    Clock.systemUTC(),
                    new SecureRandom(),
                    StepObserver.NONE,
                    Identities.certificate(directory, Names.PVA),
                    key,
                    List.of(Identities.certificate(directory, Identities.ANCHOR)));
            System.out.println(host.start(new RoleHost.Description(context, 0, (its, peers) -> {
                PvaRole role = new PvaRole(its, peers, settings);
                return new RunningRole(Map.of(Pva.class, role), Optional.of(role), role);
            })));
            while (in.read() >= 0) {
                // until whoever started this has ended
            }
        }
    }

    private static Map<String, URI> addresses(BufferedReader in) throws IOException {
        Map<String, URI> addresses = new TreeMap<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            int space = line.indexOf(' ');
            addresses.put(line.substring(0, space), URI.create(line.substring(space + 1)));
        }
        return addresses;
    }

    private static PvaSettings settings(Path directory, URI ocsp) throws IOException {
        PvaSettings.SupplierTrust trust = new PvaSettings.SupplierTrust(
                Identities.certificate(directory, Names.DEVICES),
                Identities.certificate(directory, Names.SUPPLIER),
                Optional.of(ocsp));
        return new PvaSettings(Map.of(Names.DEVICES, trust), List.of(AppraisalPolicy.BASELINE));
    }
}
