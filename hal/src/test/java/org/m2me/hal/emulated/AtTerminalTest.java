// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.hal.card.VpcdCardSlot;

/** What a person with a terminal, or another modem manager, sees of the emulated modem. */
class AtTerminalTest {
    private static final Pattern END =
            Pattern.compile("(?s).*(\\r\\nOK\\r\\n|\\r\\nERROR\\r\\n|\\+CME ERROR: [^\\r]*\\r\\n)$");

    private final TestRadio radio = new TestRadio();
    private EmulatedModem modem = modemThatIsOff();
    private Socket socket = new Socket();
    private AutoCloseable inserted = () -> {};

    private EmulatedModem modemThatIsOff() {
        try {
            return new EmulatedModem(radio, "490154203237518", Duration.ofMillis(20), System::nanoTime);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void switchOnAndConnect() throws Exception {
        modem.pressPowerKey();
        URI port = URI.create(modem.port());
        socket = new Socket(port.getHost(), port.getPort());
        socket.setSoTimeout(30_000);
        assertThat(type("ATE0")).contains("ATE0\r").endsWith("\r\nOK\r\n");
        URI slot = URI.create(modem.cardSlot());
        inserted = new VpcdCardSlot(new InetSocketAddress(slot.getHost(), slot.getPort()))
                .insert(new TestCard("901700000000017", true));
        readUntil("+CPIN: READY\r\n");
        assertThat(type("AT+COPS=0")).endsWith("\r\nOK\r\n");
    }

    @AfterEach
    void closeAll() throws Exception {
        socket.close();
        inserted.close();
        modem.close();
    }

    /** Types a command line and waits for the result after it. */
    private String type(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder got = new StringBuilder();
        while (!END.matcher(got).matches()) {
            got.append(next());
        }
        return got.toString();
    }

    private char next() throws IOException {
        InputStream in = socket.getInputStream();
        int c = in.read();
        if (c < 0) {
            throw new IOException("the modem closed");
        }
        return (char) c;
    }

    private void readUntil(String text) throws IOException {
        StringBuilder got = new StringBuilder();
        while (got.indexOf(text) < 0) {
            got.append(next());
        }
    }

    static Stream<String> whatModemManagerAsks() throws IOException {
        var stream = Objects.requireNonNull(AtTerminalTest.class.getResourceAsStream("/at/modemmanager-commands.txt"));
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> line.startsWith("AT")).distinct().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("whatModemManagerAsks")
    void answersEachCommandOfModemManagerWithOneResult(String command) throws IOException {
        String answer = type(command);

        assertThat(type("AT+CGSN"))
                .as("after %s", answer)
                .endsWith("\r\n490154203237518\r\n\r\nOK\r\n")
                .containsOnlyOnce("OK")
                .doesNotContain("ERROR");
    }

    private static String shown(ByteBuffer got) {
        return StandardCharsets.US_ASCII.decode(got.duplicate().flip()).toString();
    }

    @Test
    void isAlsoFoundOnAUnixSocket(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("port");
        modem.listenAt(path);
        try (SocketChannel host = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            host.write(ByteBuffer.wrap("ATE0V0\r".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer got = ByteBuffer.allocate(100);
            while (!shown(got).endsWith("0\r")) {
                assertThat(host.read(got)).as(shown(got)).isPositive();
            }
        }
        modem.close();

        assertThat(path).doesNotExist();
    }

    // What ModemManager and oFono ask, and what they can read.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "AT                         | ''",
                "at+cgmi                    | M2ME",
                "ATV1X4&C1                  | ''",
                "AT+GCAP                    | +GCAP: +CGSM",
                "AT+WS46=?                  | +WS46: (12,22,25)",
                "AT+CSCS=?                  | +CSCS: (\"IRA\",\"GSM\",\"UCS2\")",
                "AT+CGSN                    | 490154203237518",
                "AT+CFUN?                   | +CFUN: 1",
                "AT+CPIN?                   | +CPIN: READY",
                "AT+CIMI                    | 901700000000017",
                "AT+CCID                    | +CCID: 8949222074451242066",
                "AT+CRSM=176,12258,0,0,10   | +CRSM: 144,0,\"989422024754212460F6\"",
                "AT+CRSM=176,28589,0,0,4    | +CRSM: 144,0,\"00000002\"",
                "AT+CRSM=176,28589,0,0,0    | +CRSM: 144,0,\"00000002\"",
                "AT+CRSM=192,28589          | +CRSM: 144,0,\"62078202412183026FAD\"",
                "AT+CRSM=176,20000,0,0,0    | +CRSM: 106,130",
                "AT+CUAD                    | +CUAD: 61124F10A0000000871002FFFFFFFF8903050001",
                "AT+CLCK=\"SC\",2           | +CLCK: 0",
                "AT+CSIM=14,\"00A40004023F00\" | +CSIM: 4,\"610A\"",
                "AT+CREG?                   | +CREG: 0,1",
                "AT+CREG=2;+CREG?           | +CREG: 2,1,\"0001\",\"00000001\",2",
                "AT+COPS?                   | +COPS: 0,0,\"Weak\",2",
                "AT+COPS=3,2;+COPS?         | +COPS: 0,2,\"90170\",2",
                "AT+CSCS=\"UCS2\";+COPS?    | +COPS: 0,0,\"005700650061006B\",2",
                "AT+COPS=?                  | +COPS: (1,\"Strong\",\"Strong\",\"26202\",2),(2,\"Weak\",\"Weak\",\"90170\",2),,(0-3),(0,2)",
                "AT+CSQ                     | +CSQ: 9,99",
                "AT+CESQ                    | +CESQ: 99,99,26,255,255,255",
                "AT+CGATT?                  | +CGATT: 1",
                "AT+CGDCONT=?               | +CGDCONT: (1-8),\"IP\",,,(0),(0)",
                "AT+CGDCONT=3,\"IP\",\"initial\";+CGDCONT?  | +CGDCONT: 3,\"IP\",\"initial\",\"0.0.0.0\",0,0",
                "AT+CGDCONT=2,\"IP\",\"initial\";+CGACT=1,2;+CGPADDR=2 | +CGPADDR: 2,\"10.1.2.3\"",
                "AT+CGEREP=?                | +CGEREP: (0-2),(0,1)",
                "AT+CEER                    | +CEER: No cause information available",
                "ATS3?                      | 013",
            })
    void answersWhatModemManagersAsk(String command, String expected) throws Exception {
        String answer = type(command);

        assertThat(answer).isEqualTo((expected.isEmpty() ? "" : "\r\n" + expected + "\r\n") + "\r\nOK\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "AT+FOO                        | ERROR",
                "AT*CNTI=2                     | ERROR",
                "AT+CPIN=\"0000\"              | +CME ERROR: 3",
                "AT+CGACT=1,5                  | +CME ERROR: 21",
                "AT+CGACT=1,99                 | +CME ERROR: 50",
                "AT+CGDCONT=1,\"PPP\",\"x\"    | +CME ERROR: 50",
                "AT+CGDCONT=1,\"IP\",\"not there\" | +CME ERROR: 50",
                "AT+CGDCONT=1,\"IP\",\"elsewhere\";+CGACT=1,1 | +CME ERROR: 133",
                "AT+CGLA=7,8,\"00B00000\"      | +CME ERROR: 21",
                "AT+CGLA=7,10,\"00B00000\"     | +CME ERROR: 50",
                "AT+CSIM=8,\"zz\"              | +CME ERROR: 50",
                "AT+CCHO=\"0102030405\"        | +CME ERROR: 13",
                "AT+XUDPFWD=1,\"example.com\",1 | +CME ERROR: 50",
                "AT+COPS=1,2,\"99999\"         | +CME ERROR: 30",
                "AT+CMEE=9                     | +CME ERROR: 50",
                "ATD*99#                       | +CME ERROR: 4",
                "AT+COPS=                      | ''",
            })
    void refusesWithANumberWhatItCannotDo(String command, String expected) throws Exception {
        assertThat(type("AT+CMEE=1")).endsWith("OK\r\n");

        String end = expected.isEmpty() ? "OK" : expected;
        assertThat(type(command)).endsWith("\r\n" + end + "\r\n");
    }

    @Test
    void reportsBootCardRegistrationAndPacketEvents() throws Exception {
        assertThat(type("AT+CREG=1;+CGREG=2;+CGEREP=1;+CFUN=4")).endsWith("OK\r\n");
        readUntil("\r\n+CREG: 0\r\n\r\n+CGREG: 0\r\n");
        readUntil("+CGEV: ME DETACH");
        assertThat(type("AT+CFUN=1")).endsWith("OK\r\n");
        readUntil("+CPIN: READY");
        readUntil("+CREG: 2");
        readUntil("\r\n+CREG: 1\r\n\r\n+CGREG: 1,\"0001\",\"00000001\",2\r\n");

        assertThat(type("AT+CFUN=1,1")).endsWith("OK\r\n");

        readUntil("RDY");
        readUntil("+CPIN: READY");
        assertThat(type("AT"))
                .as("echo is on again after a reset")
                .contains("AT\r")
                .endsWith("OK\r\n");
    }

    @Test
    void knowsNumericResultsRepetitionAndEditing() throws Exception {
        socket.getOutputStream().write("ATV0\r".getBytes(StandardCharsets.US_ASCII));
        readUntil("0\r");
        socket.getOutputStream().write("AT+FOO\r".getBytes(StandardCharsets.US_ASCII));
        readUntil("4\r");
        assertThat(type("ATV1")).isEqualTo("\r\nOK\r\n");
        assertThat(type("AT+CGMX\bI")).isEqualTo("\r\nM2ME\r\n\r\nOK\r\n");
        assertThat(type("A/")).isEqualTo("\r\nM2ME\r\n\r\nOK\r\n");
    }

    @Test
    void survivesLinesThatAreTooLongOrNoCommands() throws Exception {
        assertThat(type("AT+CSIM=" + "9".repeat(10_000))).isEqualTo("\r\nERROR\r\n");
        socket.getOutputStream().write("\u0000\u00ff~\rhello\r".getBytes(StandardCharsets.ISO_8859_1));
        for (String noise : List.of("ATQ9", "AT" + "+".repeat(50), "AT\"", "AT+=?", "ATS99999999999999=1")) {
            assertThat(type(noise)).as(noise).isEqualTo("\r\nERROR\r\n");
        }
        assertThat(type("AT+CGMI")).endsWith("\r\nM2ME\r\n\r\nOK\r\n");
    }
}
