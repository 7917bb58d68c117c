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
import org.m2me.bridge.role.FeedWatch;
import org.m2me.bridge.role.RoleLinks;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;

/** Keeps devices' questions for mail open until a role has some; an open question holds no thread. */
final class MailRoom {
    private static final List<DeviceRole> EVERYBODY = DeviceRole.answering(DeviceResource.MAIL);

    /**
     * Only each fifth time a role is asked again whose feed is heard and has not named the device: a feed is a hint, and
     * one that was lost costs a device some seconds. To be asked about each device costs a role more than its mail.
     */
    private static final int RECHECKS_OF_THE_UNNAMED = 5;

    private final RoleDesk desk;
    private final MailNews news = new MailNews();
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

    /** Hears the feed of a role. */
    FeedWatch.Listener listener(DeviceRole role) {
        return new FeedWatch.Listener() {
            @Override
            public void mayHaveMail(Ueid device) {
                news.name(role, device);
                Question question = open.get(device);
                if (question != null) {
                    question.look(List.of(role)); // nobody else need be asked
                }
            }

            @Override
            public void follow(boolean heard) {
                news.follow(role, heard);
            }
        };
    }

    private final class Question {
        private final Ueid device;
        private final Consumer<DeviceAnswer> reply;
        private List<Future<?>> timers = List.of();
        private final Set<DeviceRole> toAsk = EnumSet.noneOf(DeviceRole.class);
        private boolean looking;
        private boolean done;
        private final Set<DeviceRole> inTrouble = EnumSet.noneOf(DeviceRole.class);
        private int rechecks;
        private boolean everybodyDue;
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
                look(news.whoMayHaveMail(device, EVERYBODY));
            }
        }

        private Future<?> every(Duration pause) {
            return timer.scheduleWithFixedDelay(
                    this::lookUnlessLooking, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void lookUnlessLooking() {
            rechecks++;
            everybodyDue |= rechecks % RECHECKS_OF_THE_UNNAMED == 0; // until a look begins, if one is under way
            if (!looking) { // slow roles are not asked twice for being slow
                look(everybodyDue ? EVERYBODY : news.whoMayHaveMail(device, EVERYBODY));
                everybodyDue = false;
            }
        }

        private synchronized void look(Collection<DeviceRole> roles) {
            if (done) {
                return;
            }
            toAsk.addAll(roles);
            if (looking || toAsk.isEmpty()) {
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
            Set<DeviceRole> failed = EnumSet.noneOf(DeviceRole.class);
            for (DeviceRole role : EVERYBODY) {
                if (!roles.contains(role)) {
                    continue;
                }
                news.forget(role, device);
                DeviceAnswer answer = desk.ask(role, device, DeviceResource.MAIL, new byte[0]);
                if (!answer.isRefusal() && answer.body().length > 0) {
                    news.name(role, device); // what is there may be asked for again
                    finish(answer);
                    return;
                }
                // A role that does not know the device has no mail for it; a role that is down may have.
                if (answer.code().status() >= 500) {
                    news.name(role, device);
                    failed.add(role);
                }
            }
            looked(roles, failed);
        }

        private synchronized Set<DeviceRole> take() {
            Set<DeviceRole> taken = EnumSet.copyOf(toAsk);
            toAsk.clear();
            return taken;
        }

        private synchronized void looked(Set<DeviceRole> asked, Set<DeviceRole> failed) {
            looking = false;
            inTrouble.removeAll(asked); // one role says nothing about the others
            inTrouble.addAll(failed);
            if (expired) {
                expire();
            } else if (!toAsk.isEmpty()) {
                look(List.of());
            }
        }

        private synchronized void expire() {
            expired = true;
            if (!looking) { // else what the roles are about to say is the answer
                finish(inTrouble.isEmpty() ? DeviceAnswer.nothing() : DeviceAnswer.refused(ResultCode.UNAVAILABLE));
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
