// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.role;

import java.time.Duration;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceFeed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks one role for whom it has mail, one question after the other, and passes the hints on. */
public final class FeedWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FeedWatch.class);
    private static final Duration WAIT = Duration.ofSeconds(20); // a question costs little; below any idle time limit
    private static final Duration PAUSE =
            Duration.ofSeconds(1); // when the role is down; devices are served without hints
    private static final Duration BREATH =
            Duration.ofMillis(50); // a role that answers at once must not spin this thread

    /** Who wants to know. */
    public interface Listener {
        /** The role may have mail for this device. */
        void mayHaveMail(Ueid device);

        /** Whether all that the role's feed has said until now was passed on. */
        void follow(boolean heard);
    }

    private final RoleLink link;
    private final Listener listener;
    private final Thread thread;
    private volatile boolean closed;

    public FeedWatch(RoleLink link, Listener listener) {
        this.link = link;
        this.listener = listener;
        this.thread = new Thread(this::watch, "feed-" + link.role());
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void watch() {
        long after = 0;
        boolean reachable = true;
        while (!closed) {
            try {
                DeviceFeed feed = link.feed(after, WAIT);
                after = feed.latest();
                feed.devices().forEach(listener::mayHaveMail);
                if (feed.devices().size() < DeviceFeed.DEVICES_MAX) { // else the rest comes next
                    listener.follow(true);
                }
                reachable = true;
                if (feed.devices().isEmpty()) {
                    pause(BREATH);
                }
            } catch (RoleUnreachable down) {
                if (reachable) {
                    LOG.info("no hints: {}", down.getMessage());
                }
                reachable = false;
                listener.follow(false);
                after = 0; // it may come back with another count; what it says twice does no harm
                pause(PAUSE);
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException stop) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
