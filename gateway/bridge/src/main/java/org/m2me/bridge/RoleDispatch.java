// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.m2me.bridge.device.DeviceAnswer;
import org.m2me.bridge.device.DeviceHandler;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.device.Tally;
import org.m2me.bridge.device.TokenBuckets;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;

/** Keeps the limits of each device, and takes its requests to the role that answers them. */
final class RoleDispatch implements DeviceHandler {
    private final MailRoom mail;
    private final RoleDesk desk;
    private final ExecutorService workers;
    private final TokenBuckets<Ueid> rates;
    private final Tally tally;

    RoleDispatch(MailRoom mail, RoleLinks links, ExecutorService workers, Limits limits, Tally tally, Clock clock) {
        this.mail = mail;
        this.desk = new RoleDesk(links);
        this.workers = workers;
        this.rates = new TokenBuckets<>(limits.perDevice(), limits.devices(), clock);
        this.tally = tally;
    }

    @Override
    public void handle(Ueid device, DeviceResource resource, byte[] body, Consumer<DeviceAnswer> reply) {
        tally.request(resource);
        Consumer<DeviceAnswer> counted = answer -> {
            if (answer.isRefusal()) {
                tally.refusal(answer.code());
            }
            reply.accept(answer);
        };
        Duration wait = rates.take(device);
        if (!wait.isZero()) {
            counted.accept(DeviceAnswer.refused(ResultCode.QUOTA, wait));
        } else if (body.length > resource.sizeMax()) {
            counted.accept(DeviceAnswer.refused(ResultCode.TOO_LARGE));
        } else if (resource == DeviceResource.MAIL) {
            mail.ask(device, counted);
        } else {
            pass(device, resource, body, counted);
        }
    }

    private void pass(Ueid device, DeviceResource resource, byte[] body, Consumer<DeviceAnswer> reply) {
        DeviceRole role = DeviceRole.answering(resource).get(0);
        try {
            workers.execute(() -> reply.accept(desk.ask(role, device, resource, body)));
        } catch (RejectedExecutionException full) {
            reply.accept(DeviceAnswer.refused(ResultCode.BUSY));
        }
    }
}
