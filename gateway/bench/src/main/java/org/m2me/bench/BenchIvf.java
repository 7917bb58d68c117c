// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.Ivf;
import org.m2me.operators.http.RoleServer;
import org.m2me.operators.http.TlsIdentity;
import org.m2me.operators.ivf.IvfRole;
import org.m2me.operators.wiring.RoleContext;
import org.m2me.protocol.crypto.P256PrivateKey;
import org.m2me.protocol.evidence.AttestationResult;
import org.m2me.protocol.evidence.MeasuredComponent;
import org.m2me.protocol.evidence.TrustVector;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerSecret;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.step.StepObserver;

/** The process that is measured: an IVF over HTTP with mutual TLS that has a result for each of many devices. */
final class BenchIvf {
    static final Plmn OPERATOR = Plmn.parse("262-02");
    static final String POLICY = "m2m-baseline-1";
    static final List<MeasuredComponent> COMPONENTS =
            List.of(component("runtime", 1), component("agent", 2), component("config", 3), component("modem", 4));

    /** Of every device's owner. */
    private static final Opaque TOKEN = Opaque.of(new byte[OwnerSecret.LENGTH]);

    private BenchIvf() {}

    private static MeasuredComponent component(String name, int seed) {
        byte[] digest = new byte[32];
        digest[0] = (byte) seed;
        return new MeasuredComponent(name, "1.0.0", Opaque.of(digest));
    }

    /** The next version of a component. */
    static MeasuredComponent newer(MeasuredComponent before) {
        byte[] digest = before.sha256().bytes();
        digest[1]++;
        return new MeasuredComponent(before.name(), "1." + digest[1] + ".0", Opaque.of(digest));
    }

    static Ueid device(int number) {
        return Ueid.hex(String.format("01%032x", number));
    }

    /** Arguments: directory with the identities, number of devices. Prints its port, then works until its input ends. */
    public static void main(String... words) throws IOException, Refused {
        Path directory = Path.of(words[0]);
        int devices = Integer.parseInt(words[1]);
        Certificate anchor = Identities.certificate(directory, Identities.ANCHOR);
        Certificate pva = Identities.certificate(directory, "pva");
        Certificate certificate = Identities.certificate(directory, "ivf");
        Clock clock = Clock.systemUTC();
        try (P256PrivateKey key = Identities.key(directory, "ivf");
                P256PrivateKey pvaKey = Identities.key(directory, "pva")) {
            RoleContext context = new RoleContext(
                    directory.resolve("ivf"),
                    clock,
                    new SecureRandom(),
                    StepObserver.NONE,
                    certificate,
                    key,
                    List.of(anchor));
            try (IvfRole ivf = new IvfRole(context, pva)) {
                long before = heap();
                fill(ivf, devices, pvaKey, clock.instant());
                long each = (heap() - before) / devices;
                TlsIdentity identity = TlsIdentity.of(certificate, key, List.of(anchor));
                RoleServer.Content content = new RoleServer.Content("ivf", Map.of(Ivf.class, ivf), Optional.empty());
                try (RoleServer server = RoleServer.start(identity, "localhost", 0, content)) {
                    System.out.println(server.port() + " " + each);
                    while (System.in.read() >= 0) {
                        // until whoever started this has ended
                    }
                }
            }
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void fill(Ivf ivf, int devices, P256PrivateKey pva, Instant now) throws Refused {
        List<Ivf.Owned> all = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            ivf.publish(new Ivf.Publication(
                    Opaque.of(result(device(i), pva, now)), COMPONENTS, Optional.of(OwnerSecret.proofOf(TOKEN))));
            all.add(new Ivf.Owned(device(i), TOKEN));
        }
        for (int i = 0; i < devices; i += Ivf.DEVICES_MAX) {
            List<Ivf.Owned> part = all.subList(i, Math.min(devices, i + Ivf.DEVICES_MAX));
            ivf.permit(new Ivf.Permission("fleet", OPERATOR, part));
        }
    }

    private static byte[] result(Ueid device, P256PrivateKey pva, Instant now) {
        return new AttestationResult(
                        device,
                        "pva",
                        now,
                        now.plus(Duration.ofHours(24)),
                        new TrustVector(2, 2, 3, 0, 0, 0, 32, 0),
                        POLICY,
                        "acme/test-board:1",
                        COMPONENTS.stream().map(MeasuredComponent::name).toList(),
                        Optional.of(new Nonce(Opaque.of(new byte[Nonce.LENGTH]))),
                        4,
                        10,
                        MeasuredComponent.firmware(COMPONENTS),
                        pva.publicKey(),
                        Opaque.of(new byte[32]))
                .sign(pva);
    }
}
