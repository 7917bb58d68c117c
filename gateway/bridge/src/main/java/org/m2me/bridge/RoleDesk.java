// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import org.m2me.bridge.device.DeviceAnswer;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleLink;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.bridge.role.RoleUnreachable;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a role on a device's behalf; a role that cannot be asked is an answer too. */
final class RoleDesk {
    private static final Logger LOG = LoggerFactory.getLogger(RoleDesk.class);

    private final RoleLinks links;

    RoleDesk(RoleLinks links) {
        this.links = links;
    }

    /** Blocks for as long as the role takes. */
    DeviceAnswer ask(DeviceRole role, Ueid device, DeviceResource resource, byte[] body) {
        RoleLink link = links.to(role).orElse(null);
        if (link == null) {
            return DeviceAnswer.refused(ResultCode.UNAVAILABLE);
        }
        try {
            return link.ask(device, resource, body);
        } catch (RoleUnreachable down) {
            LOG.info("{} {}: {}", device, resource, down.getMessage());
            return DeviceAnswer.refused(ResultCode.UNAVAILABLE);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return DeviceAnswer.refused(ResultCode.UNAVAILABLE);
        } catch (RuntimeException fault) {
            LOG.error("{} {}: ", device, resource, fault); // else the device would wait for an answer that never comes
            return DeviceAnswer.refused(ResultCode.INTERNAL);
        }
    }
}
