// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.agent.AgentConfiguration.Access;
import org.m2me.agent.AgentConfiguration.GatewayAddress;
import org.m2me.hal.Bearer;
import org.m2me.hal.Modem;
import org.m2me.hal.TrustedEnvironment.Subscription;
import org.m2me.hal.Wlan;
import org.m2me.protocol.step.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device on the air: with its PCID, over a network that is not 3GPP, or with its subscription. */
final class Connectivity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connectivity.class);
    private static final Duration START_LIMIT = Duration.ofMinutes(1); // power key, boot, synchronisation
    private static final Duration CARD_LIMIT = Duration.ofSeconds(30);
    private static final Duration REGISTER_LIMIT = Step.ATTACH_WITH_PCID.limit(); // a search through all bands
    private static final Duration OPEN_LIMIT = Duration.ofMinutes(1); // T3380 five times, with slack (TS 24.008 11.2.2)
    private static final Duration JOIN_LIMIT = Duration.ofMinutes(1);
    private static final int DRF_OPTION = 224; // site-specific DHCP option with the DRF's address (RFC 3942)
    private static final String NO_SUBSCRIPTION = "";

    private final AgentParts parts;
    private @Nullable AutoCloseable card;
    private volatile @Nullable Bearer bearer; // the status is also told on a thread of the board's
    private String identity = NO_SUBSCRIPTION;
    private volatile boolean withSubscription;
    private String onCard = NO_SUBSCRIPTION;

    Connectivity(AgentParts parts) {
        this.parts = parts;
    }

    /** On the air before there is a subscription: steps 1 to 4, or what stands in for them. */
    void initial() throws IOException {
        if (parts.configuration().access() == Access.N3G) {
            joinNetwork();
        } else {
            attach(parts.tre().pcid(), parts.tre().pcidApn());
        }
    }

    /** On the air with the active subscription. */
    void operational(Subscription subscription) throws IOException {
        attach(subscription.imsi(), subscription.apn());
        withSubscription = true;
    }

    private void attach(String imsi, String apn) throws IOException {
        if (isUp(imsi)) {
            return;
        }
        drop();
        Modem modem = modem();
        boolean read = insertCard();
        alive();
        modem.start(START_LIMIT);
        if (!read && !imsi.equals(onCard)) {
            alive();
            modem.restartCard(CARD_LIMIT); // the card answers for another identity than when it was read
        }
        onCard = imsi;
        alive();
        Modem.Registration registration = modem.register(REGISTER_LIMIT);
        alive();
        Bearer opened = modem.open(apn, OPEN_LIMIT);
        use(opened, imsi, parts.configuration().gateway());
        parts.events()
                .say(
                        "attached",
                        "imsi",
                        imsi,
                        "plmn",
                        registration.plmn(),
                        "home",
                        registration.home(),
                        "apn",
                        apn,
                        "address",
                        opened.address().getHostAddress());
    }

    /** Puts the USIM where the modem reads it. @return whether the modem reads it anew by this */
    private boolean insertCard() throws IOException {
        if (card != null || parts.board().cardSlot().isEmpty()) {
            return false;
        }
        card = parts.board().cardSlot().get().insert(parts.tre().usim());
        return true;
    }

    private void joinNetwork() throws IOException {
        String network = parts.configuration().wlanNetwork().orElseThrow();
        if (isUp(network)) {
            return;
        }
        drop();
        Wlan wlan = parts.board().wlan().orElseThrow(() -> new IOException("the board has no WLAN"));
        alive();
        Bearer joined = wlan.join(network, JOIN_LIMIT);
        try {
            String text = wlan.dhcpOption(DRF_OPTION)
                    .orElseThrow(() -> new IOException(
                            network + ": its DHCP server does not tell where the DRF is (option " + DRF_OPTION + ")"));
            use(joined, network, GatewayAddress.parse(text));
        } catch (IOException | IllegalArgumentException useless) {
            joined.close();
            throw useless instanceof IOException failed
                    ? failed
                    : new IOException(network + ": " + useless.getMessage());
        }
        parts.events()
                .say("joined", "network", network, "address", joined.address().getHostAddress());
    }

    private void use(Bearer opened, String as, GatewayAddress gateway) throws IOException {
        boolean leads = false;
        try {
            parts.transport().connect(opened, gateway.resolve());
            leads = true;
        } finally {
            if (!leads) {
                opened.close();
            }
        }
        bearer = opened;
        identity = as;
        LOG.info("on the air as {} at {}, gateway {}", as, opened.address().getHostAddress(), gateway);
    }

    /** Each of the modem's calls may take minutes; the watchdog waits longer than for one of them, not than for all. */
    private void alive() {
        parts.board().watchdog().pet();
    }

    private Modem modem() throws IOException {
        return parts.board().modem().orElseThrow(() -> new IOException("the board has no modem"));
    }

    private boolean isUp(String as) {
        return isUp() && identity.equals(as);
    }

    /** Whether it is the PCID that gives access. */
    boolean isWithPcid() {
        return isUp(parts.tre().pcid());
    }

    /** The bearer of the subscription, over which more than the gateway can be reached; empty if there is none. */
    Optional<Bearer> operational() {
        return Optional.ofNullable(bearer).filter(open -> open.isUp() && withSubscription);
    }

    /** Whether there is a bearer that can carry packets. */
    boolean isUp() {
        Bearer open = bearer;
        return open != null && open.isUp();
    }

    /** Leaves the air: the next call starts from the beginning. */
    void drop() {
        Bearer open = bearer;
        bearer = null;
        identity = NO_SUBSCRIPTION;
        withSubscription = false;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        drop();
        AutoCloseable inserted = card;
        card = null;
        if (inserted != null) {
            try {
                inserted.close();
            } catch (Exception failed) {
                LOG.warn("card slot: {}", failed.toString());
            }
        }
    }
}
