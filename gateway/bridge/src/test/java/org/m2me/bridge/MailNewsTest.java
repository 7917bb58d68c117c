// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.protocol.identity.Opaque;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;

/** Whom a device's question for mail goes to, when roles name very many devices. */
class MailNewsTest {
    private static final List<DeviceRole> ROLES = DeviceRole.answering(DeviceResource.MAIL);
    private static final int MANY = 10_000;
    private static final Ueid DEVICE = device(0);

    private final MailNews news = new MailNews();

    @BeforeEach
    void hearAll() {
        ROLES.forEach(role -> news.follow(role, true));
    }

    private static Ueid device(int number) {
        return new Ueid(Opaque.of(
                ByteBuffer.allocate(Ueid.LENGTH).put((byte) 1).putInt(number).array()));
    }

    private void namesOthers(DeviceRole role, int count) {
        for (int number = 1; number <= count; number++) {
            news.name(role, device(number));
        }
    }

    @Test
    void asksWhoNamedTheDeviceAlone() {
        namesOthers(DeviceRole.SUBSCRIBER, MANY - 1);
        news.name(DeviceRole.DPF, DEVICE);

        assertThat(news.whoMayHaveMail(DEVICE, ROLES)).containsExactly(DeviceRole.DPF);
        assertThat(news.whoMayHaveMail(device(-1), ROLES)).isEmpty();
    }

    @Test
    void asksBeforeWhoNamedTheDeviceAlsoWhoMayHaveNamedItBeforeManyOthers() {
        news.name(DeviceRole.SUBSCRIBER, DEVICE);
        namesOthers(DeviceRole.SUBSCRIBER, MANY);
        news.name(DeviceRole.DPF, DEVICE);

        assertThat(news.whoMayHaveMail(DEVICE, ROLES)).containsExactly(DeviceRole.SUBSCRIBER, DeviceRole.DPF);
        assertThat(news.whoMayHaveMail(device(-1), ROLES)).isEmpty();
    }

    @Test
    void believesAFeedThatIsReadFromTheBeginningAgain() {
        namesOthers(DeviceRole.SUBSCRIBER, MANY);
        for (int number = 1; number <= MANY; number++) {
            news.forget(DeviceRole.SUBSCRIBER, device(number));
        }
        news.name(DeviceRole.DPF, DEVICE);
        assertThat(news.whoMayHaveMail(DEVICE, ROLES)).containsExactly(DeviceRole.SUBSCRIBER, DeviceRole.DPF);

        news.follow(DeviceRole.SUBSCRIBER, false);
        news.follow(DeviceRole.SUBSCRIBER, true);

        assertThat(news.whoMayHaveMail(DEVICE, ROLES)).containsExactly(DeviceRole.DPF);
    }
}
