// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.m2me.operators.TestPki;

/** What becomes of connections on which nothing is said. */
@Timeout(60)
final class SilenceTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final String REQUEST = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String HALF_A_REQUEST =
            "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf";
    private static final int END = -1;

    private final TestPki pki = new TestPki();
    private HttpListener listener;

    @BeforeEach
    void start() throws IOException {
        Exchange exchange = new Exchange(List.of(), new Refusals(WireJson.mapper()), true);
        listener = HttpListener.start(
                new HttpListener.Place(Optional.of(pki.identity("sampler")), "127.0.0.1", 0, "silence"),
                exchange,
                new HttpListener.Silence(SHORT, LONG));
    }

    @AfterEach
    void stop() {
        listener.close();
    }

    @Test
    void keepsTheConnectionOfAPeerThatProvedItselfAndEndsThatOfWhoDidNot() throws Exception {
        try (Socket known = connect()) {
            call(known);
            try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                assertThat(stranger.getInputStream().read()).as("ended").isEqualTo(END);
            }
            call(known);
        }
    }

    @Test
    void endsACallThatIsNotFinished() throws Exception {
        try (Socket known = connect()) {
            known.getOutputStream().write(HALF_A_REQUEST.getBytes(US_ASCII));
            while (known.getInputStream().read() != END) {
                // an answer may come first, and then the end
            }
        }
    }

    private Socket connect() throws IOException {
        SSLContext tls = pki.identity("sho.262-01").forServer(); // a client by it believes whom the anchor certified
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", listener.port());
        socket.startHandshake();
        return socket;
    }

    private static void call(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        assertThat(in.readLine()).startsWith("HTTP/1.1 404");
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        assertThat(in.skip(length)).isEqualTo(length);
    }
}
