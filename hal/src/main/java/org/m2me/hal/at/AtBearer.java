// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.m2me.hal.Bearer;
import org.m2me.hal.ModemException;

/** A context in a module. Datagrams go through the module's forwarder where it has one, else through its interface. */
final class AtBearer implements Bearer {
    /** Literal addresses only: no name may be looked up for what a modem says. */
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    /** Reports after which a context is gone; TS 27.007 10.1.19. */
    private static final Pattern GONE = Pattern.compile(
            "\\+CGEV: *(NW|ME) (DETACH|(PDN )?DEACT).*|WIFI DISCONNECT|RDY|NORMAL POWER DOWN|POWERED DOWN");

    /** Of these, the form that says which context: modules keep others for their own services. */
    private static final Pattern ONE_CONTEXT = Pattern.compile("\\+CGEV: *(?:NW|ME) PDN DEACT +(\\d{1,3})(?!\\d).*");

    private final AtEngine engine;
    private final int cid;
    private final InetAddress address;
    private final boolean forwards;
    private final String closing;
    private final Map<InetSocketAddress, InetSocketAddress> known = new ConcurrentHashMap<>();
    private final Consumer<String> listener = this::onUnsolicited;
    private volatile boolean up = true;
    private volatile Counters last = new Counters(0, 0, 0, 0);

    private AtBearer(AtEngine engine, int cid, InetAddress address, boolean forwards, String closing) {
        this.engine = engine;
        this.cid = cid;
        this.address = address;
        this.forwards = forwards;
        this.closing = closing;
    }

    /** A context and the device's address on it. */
    record Context(int cid, String address) {
        /** As the answer to AT+CGPADDR has it. */
        static Context of(int cid, AtAnswer answer) {
            List<String> fields = answer.value("+CGPADDR").map(AtText::fields).orElse(List.of());
            return new Context(cid, fields.size() > 1 ? fields.get(1) : "");
        }
    }

    /**
     * The bearer that a context which was just activated is.
     *
     * @param closing the command that deactivates it
     */
    static AtBearer open(AtEngine engine, Context context, boolean forwards, String closing) throws ModemException {
        AtBearer bearer = new AtBearer(engine, context.cid(), addressOf(context.address()), forwards, closing);
        engine.onUnsolicited(bearer.listener);
        return bearer;
    }

    private static InetAddress addressOf(String text) throws ModemException {
        try {
            if (IPV4.matcher(text).matches()) {
                return InetAddress.getByName(text);
            }
        } catch (IOException e) {
            throw new ModemException("the modem has no address on the bearer", e);
        }
        throw new ModemException("the modem has no address on the bearer");
    }

    private void onUnsolicited(String line) {
        String report = line.strip().toUpperCase(Locale.ROOT);
        Matcher one = ONE_CONTEXT.matcher(report);
        boolean others = one.matches() && Integer.parseInt(one.group(1)) != cid;
        if (!others && GONE.matcher(report).matches()) {
            abandon();
        }
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public InetSocketAddress towards(InetSocketAddress destination) throws IOException {
        if (!forwards) {
            return destination;
        }
        InetSocketAddress before = known.get(destination);
        if (before != null) {
            return before;
        }
        InetSocketAddress local = forwarderFor(destination);
        known.put(destination, local);
        return local;
    }

    private InetSocketAddress forwarderFor(InetSocketAddress destination) throws ModemException {
        InetAddress remote = destination.getAddress();
        if (remote == null) {
            throw new ModemException("the destination's name was not resolved");
        }
        AtAnswer answer = engine.send(
                AtCommand.of("AT+XUDPFWD=%d,\"%s\",%d".formatted(cid, remote.getHostAddress(), destination.getPort())));
        List<String> fields = answer.value("+XUDPFWD").map(AtText::fields).orElse(List.of());
        if (fields.size() < 3 || !fields.get(2).matches("\\d{1,5}")) {
            throw new ModemException(
                    "the modem does not forward: " + answer.result().text());
        }
        return new InetSocketAddress(addressOf(fields.get(1)), Integer.parseInt(fields.get(2)));
    }

    @Override
    public boolean isUp() {
        return up && !engine.isLost();
    }

    /** As the module counts; zero where it does not. */
    @Override
    public Counters counters() throws IOException {
        if (!up || !forwards) {
            return last;
        }
        AtAnswer answer = engine.send(AtCommand.of("AT+XCOUNT=" + cid));
        List<String> fields = answer.value("+XCOUNT").map(AtText::fields).orElse(List.of());
        if (fields.size() == 5 && fields.stream().allMatch(field -> field.matches("\\d{1,18}"))) {
            List<Long> so = fields.stream().map(Long::parseLong).toList();
            last = new Counters(so.get(1), so.get(2), so.get(3), so.get(4));
        }
        return last;
    }

    /** Down, without a word to the modem. */
    void abandon() {
        up = false;
        engine.forget(listener);
    }

    @Override
    public void close() {
        if (!up) {
            return;
        }
        try {
            last = counters();
            abandon();
            engine.tell(closing);
        } catch (IOException e) {
            abandon(); // the modem is gone, and the context with it
        }
    }
}
