// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre;

import java.io.IOException;
import org.m2me.hal.TrustException;
import org.m2me.hal.TrustedEnvironmentProvider.Blank;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.aka.SqnArray;
import org.m2me.protocol.aka.SqnParameters;
import org.m2me.protocol.crypto.P256PublicKey;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.envelope.Mcim;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Nonce;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.OwnerOrder;
import org.m2me.protocol.step.Procedure;
import org.m2me.tre.store.MemoryDisk;

/** A device as it leaves its supplier, on a disk that can be cut, and the MCIMs that are made for it. */
final class TestDevice {
    final TestNetwork network;
    final MemoryDisk disk;
    final Blank blank;

    TestDevice(TestNetwork network) throws IOException, TrustException {
        this.network = network;
        disk = new MemoryDisk();
        blank = Manufacture.make(disk, TestNetwork.RANDOM);
        try (Memory memory = Memory.open(disk, TestNetwork.RANDOM)) {
            Manufacture.personalise(memory, network.personalisation(blank));
        }
    }

    private TestDevice(TestDevice of) {
        network = of.network;
        blank = of.blank;
        disk = of.disk.afterwards(MemoryDisk.Cut.ALL_KEPT);
    }

    /** The same device on a disk of its own, as it is now. */
    TestDevice copy() {
        return new TestDevice(this);
    }

    SoftTrustedEnvironment start() throws IOException, TrustException {
        return start(disk);
    }

    static SoftTrustedEnvironment start(MemoryDisk disk) throws IOException, TrustException {
        return SoftTrustedEnvironment.start(disk, () -> {}, TestNetwork.RANDOM);
    }

    Ueid ueid() {
        return new Ueid(Opaque.of(blank.ueid()));
    }

    P256PublicKey agreementKey() {
        return P256PublicKey.ofSpki(blank.agreementKey());
    }

    P256PublicKey platformKey() {
        return P256PublicKey.ofSpki(blank.platformKey());
    }

    Order order(TestNetwork.Operator operator, Nonce registration, AkaKey key) {
        return new Order(
                ueid(),
                operator.plmn(),
                registration,
                1,
                key,
                SqnParameters.DEFAULT,
                TestNetwork.operatorToken(operator.plmn()));
    }

    /** An order of the device's owner. */
    byte[] ownersOrder(long number, Procedure procedure, TestNetwork.Operator operator) {
        return ownersOrder(number, procedure, operator, TestNetwork.OWNER_SECRET);
    }

    byte[] ownersOrder(long number, Procedure procedure, TestNetwork.Operator operator, Opaque secret) {
        try (SecretBytes known = SecretBytes.copyOf(secret.bytes())) {
            return new OwnerOrder(Nonce.random(TestNetwork.RANDOM), ueid(), number, procedure, operator.plmn())
                    .sign(network.ownerKey, known)
                    .bytes();
        }
    }

    byte[] envelope(TestNetwork.Operator operator, Nonce registration, AkaKey key) {
        return seal(order(operator, registration, key), operator);
    }

    byte[] seal(Order order, TestNetwork.Operator signer) {
        return TestNetwork.seal(order.mcim(), agreementKey(), signer.key());
    }

    /** A MCIM to be made, each part of which may be wrong. */
    record Order(
            Ueid device,
            Plmn operator,
            Nonce registration,
            long serial,
            AkaKey key,
            SqnParameters sqn,
            Opaque ownerToken) {
        static String imsi(Plmn operator) {
            return operator.mcc() + operator.mnc() + "0000000042";
        }

        /** TS 102 221 13.2: 19 or 20 digits. */
        static String iccid(Plmn operator) {
            return "8949010000000" + operator.mcc() + operator.mnc() + "0";
        }

        static String apn(Plmn operator) {
            return "iot.mnc" + operator.mnc();
        }

        Order forDevice(Ueid changed) {
            return new Order(changed, operator, registration, serial, key, sqn, ownerToken);
        }

        Order from(Plmn changed) {
            return new Order(device, changed, registration, serial, key, sqn, ownerToken);
        }

        Order numbered(long changed) {
            return new Order(device, operator, registration, changed, key, sqn, ownerToken);
        }

        Order answering(Nonce changed) {
            return new Order(device, operator, changed, serial, key, sqn, ownerToken);
        }

        Order counting(SqnParameters changed) {
            return new Order(device, operator, registration, serial, key, changed, ownerToken);
        }

        Order with(Opaque changedToken) {
            return new Order(device, operator, registration, serial, key, sqn, changedToken);
        }

        Mcim mcim() {
            return new Mcim(
                    device,
                    operator,
                    registration,
                    serial,
                    new Imsi(imsi(operator)),
                    iccid(operator),
                    key.copy(),
                    SqnArray.fresh(sqn),
                    apn(operator),
                    ownerToken);
        }
    }
}
