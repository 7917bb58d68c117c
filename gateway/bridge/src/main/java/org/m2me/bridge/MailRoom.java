// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.m2me.bridge.device.DeviceAnswer;
import org.m2me.bridge.device.Limits;
import org.m2me.bridge.role.DeviceRole;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;

/** Keeps devices' questions for mail open until a role has some; an open question holds no thread. */
final class MailRoom {
    private static final List<DeviceRole> EVERYBODY = DeviceRole.answering(DeviceResource.MAIL);

    private final RoleDesk desk;
    private final Limits limits;
    private final ExecutorService workers;
    private final ScheduledExecutorService timer;
    private final Map<Ueid, Question> open = new ConcurrentHashMap<>();

    MailRoom(RoleLinks links, Limits limits, ExecutorService workers, ScheduledExecutorService timer) {
        this.desk = new RoleDesk(links);
        this.limits = limits;
        this.workers = workers;
        this.timer = timer;
    }

    /** A device asks for mail. An earlier question of the same device is never answered: it has stopped listening. */
    void ask(Ueid device, Consumer<DeviceAnswer> reply) {
        Question question = new Question(device, reply);
        Question earlier = open.put(device, question);
        if (earlier != null) {
            earlier.drop();
        }
        question.opened();
    }

    /** This role may have mail for this device: nobody else need be asked. */
    void hint(DeviceRole role, Ueid device) {
        Question question = open.get(device);
        if (question != null) {
            question.look(List.of(role));
        }
    }

    private final class Question {
        private final Ueid device;
        private final Consumer<DeviceAnswer> reply;
        private List<Future<?>> timers = List.of();
        private final Set<DeviceRole> toAsk = EnumSet.noneOf(DeviceRole.class);
        private boolean looking;
        private boolean done;
        private boolean trouble;
        private boolean expired;

        private Question(Ueid device, Consumer<DeviceAnswer> reply) {
            this.device = device;
            this.reply = reply;
        }

        private synchronized void opened() {
            if (!done) {
                timers = List.of(
                        timer.schedule(this::expire, limits.mailHold().toMillis(), TimeUnit.MILLISECONDS),
                        every(limits.mailRecheck()));
                look(EVERYBODY);
            }
        }

        private Future<?> every(Duration pause) {
            return timer.scheduleWithFixedDelay(
                    this::lookUnlessLooking, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void lookUnlessLooking() {
            if (!looking) { // slow roles are not asked twice for being slow
                look(EVERYBODY);
            }
        }

        private synchronized void look(Collection<DeviceRole> roles) {
            if (done) {
                return;
            }
            toAsk.addAll(roles);
            if (looking) {
                return; // what a role got meanwhile may have come too late for the look under way: another one follows
            }
            looking = true;
            try {
                workers.execute(this::askRoles);
            } catch (RejectedExecutionException full) {
                finish(DeviceAnswer.refused(ResultCode.BUSY));
            }
        }

        private void askRoles() {
            Set<DeviceRole> roles = take();
            boolean failed = false;
            for (DeviceRole role : EVERYBODY) {
                if (!roles.contains(role)) {
                    continue;
                }
                DeviceAnswer answer = desk.ask(role, device, DeviceResource.MAIL, new byte[0]);
                if (!answer.isRefusal() && answer.body().length > 0) {
                    finish(answer);
                    return;
                }
                // A role that does not know the device has no mail for it; a role that is down may have.
                failed |= answer.code().status() >= 500;
            }
            looked(failed, roles.containsAll(EVERYBODY));
        }

        private synchronized Set<DeviceRole> take() {
            Set<DeviceRole> taken = EnumSet.copyOf(toAsk);
            toAsk.clear();
            return taken;
        }

        private synchronized void looked(boolean failed, boolean everywhere) {
            looking = false;
            trouble = failed || (trouble && !everywhere); // one role says nothing about the others
            if (expired) {
                expire();
            } else if (!toAsk.isEmpty()) {
                look(List.of());
            }
        }

        private synchronized void expire() {
            expired = true;
            if (!looking) { // else what the roles are about to say is the answer
                finish(trouble ? DeviceAnswer.refused(ResultCode.UNAVAILABLE) : DeviceAnswer.nothing());
            }
        }

        private void finish(DeviceAnswer answer) {
            if (drop()) {
                open.remove(device, this);
                reply.accept(answer);
            }
        }

        private synchronized boolean drop() {
            boolean first = !done;
            done = true;
            timers.forEach(timer -> timer.cancel(false));
            return first;
        }
    }
}
