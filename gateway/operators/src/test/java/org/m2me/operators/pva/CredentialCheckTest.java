// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.m2me.operators.Peers;
import org.m2me.operators.Supplier;
import org.m2me.operators.Supplier.PcidWay;
import org.m2me.operators.pva.PvaWorld.TestDevice;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.pki.Certificate;
import org.m2me.protocol.pki.CertificateAuthority;
import org.m2me.protocol.pki.CertificateAuthority.Usage;

/** What a supplier does that does not answer. */
final class CredentialCheckTest {
    @TempDir
    private Path directory;

    private final CountDownLatch never = new CountDownLatch(1);

    /** A supplier that takes the question and says nothing. */
    private Supplier hanging() {
        return proxy(Supplier.class, (self, method, arguments) -> {
            never.await();
            return null;
        });
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Peers withARivalThatHangs(PvaWorld world) {
        Supplier rival = hanging();
        return proxy(Peers.class, (self, method, arguments) -> {
            if (method.getName().equals("supplier") && arguments[0].equals("rival")) {
                return rival;
            }
            try {
                return method.invoke(world, arguments);
            } catch (InvocationTargetException thrown) {
                throw Objects.requireNonNull(thrown.getCause());
            }
        });
    }

    private static Enrolled enrolled(PvaWorld world, String supplier, CertificateAuthority by, Certificate credential) {
        return new Enrolled(
                supplier,
                new PvaSettings.SupplierTrust(by.certificate(), world.pvaContext.certificate(), Optional.empty()),
                credential,
                true);
    }

    @Test
    void leavesOnlyTheDevicesOfASupplierThatHangsUndecided() throws Exception {
        try (PvaWorld world = new PvaWorld(directory);
                CredentialCheck check = new CredentialCheck(
                        withARivalThatHangs(world), world.clock, world.random, Duration.ofMillis(100))) {
            TestDevice device = world.new TestDevice();
            Supplier.Made made = world.supplier.make(device.blank(PcidWay.SENT_TO_CCIF));
            TestDevice other = world.new TestDevice();
            Certificate rivals = world.rivalCa.issue(new CertificateAuthority.Request(
                    other.ueid.hex(),
                    "",
                    other.platform.publicKey(),
                    Usage.DEVICE,
                    world.clock.instant(),
                    world.clock.instant().plus(Duration.ofDays(1))));

            List<Optional<Refused>> found = check.objections(List.of(
                    enrolled(world, "rival", world.rivalCa, rivals),
                    enrolled(
                            world,
                            "acme",
                            world.deviceCa,
                            Certificate.parse(made.platformCertificate().bytes()))));

            assertThat(found.get(0).map(Refused::code)).contains(ResultCode.UNAVAILABLE);
            assertThat(found.get(1)).isEmpty();
        }
    }
}
