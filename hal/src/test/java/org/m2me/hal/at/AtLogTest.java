// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtLogTest {
    private final List<String> shown = new ArrayList<>();
    private final AtLog log = new AtLog(shown::add, System::nanoTime);

    private String all() {
        return String.join("\n", shown);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** In each of them the secret contains 7391. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AT+CPIN=7391",
                "AT+CPIN=\"7391\"",
                "AT+CPIN=SIM7391",
                "AT+CPIN=\"17391111\",\"7391\"",
                "AT+CMEE=1;+CPIN=\"7391\"",
                "ATE0+CPIN=7391",
                "AT+CLCK=\"SC\",1,\"7391\"",
                "AT+CPWD=\"SC\",\"7391\",\"7392\"",
                "AT^SPIC=\"7391\"",
                "AT!ENTERCND=\"A7391\"",
                "AT+CGAUTH=1,2,\"user7391\",\"word\"",
                "AT+CGAUTH=1,2,user,word;7391",
                "AT+CGAUTH=1,2,\"user\",\"a;b,7391\"",
                "AT+QICSGP=1,1,\"apn\",\"user\",\"7391\",2",
                "AT+UAUTHREQ=1,2,\"7391\",\"user\"",
                "AT^SGAUTH=1,2,\"7391\",\"user\"",
                "AT+CWJAP=\"network\",\"7391\"",
                "AT+CSIM=10,\"0088739122\"",
                "AT+CGLA=1,10,\"0088739122\"",
                "AT+CGLA=1,10,0088739122",
                "AT+CMEE=1;+CGLA=1,10,\"0088739122\"",
                "AT+CRSM=214,28448,0,0,4,\"07391FFF\"",
                "AT+CEAP=\"A000\",\"0107391A\"",
                "AT+CIMI=\"262017391000001\"",
            })
    void hidesASecretThatIsTypedAndItsEcho(String line) {
        log.sent(bytes(line + "\r"));
        log.received(bytes(line + "\r\r\nOK\r\n"));
        log.received(bytes(line.toLowerCase(Locale.ROOT) + "\r\r\nOK\r\n"));

        assertThat(all()).contains("OK").doesNotContain("7391").doesNotContainIgnoringCase("word");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+CGLA: 34,\"DB087391\"",
                "+CGLA:34,\"DB087391\"",
                "+CGLA: 34,DB087391",
                "+CSIM: 8,\"73919000\"",
                "+CSIM: 8,73919000",
                "+CRSM: 144,0,\"07391FFF\"",
                "+CRSM: 159,4,07391FFF",
                "+CRLA: 144,0,07391FFF",
                "+CCID: 8988739111111111111",
                "262017391000001",
                "+CGAUTH: 1,2,\"user7391\",\"word\"",
            })
    void hidesASecretThatIsAnswered(String line) {
        log.received(bytes("\r\n" + line + "\r\n\r\nOK\r\n"));

        assertThat(all()).contains("OK").doesNotContain("7391");
    }

    @Test
    void hidesASecretHoweverItsBytesAreCut() {
        for (byte b : bytes("AT+CPIN=\"7391\"\r\r\nOK\r\n")) {
            log.received(new byte[] {b});
        }
        log.sent(bytes("AT+CP"));
        log.sent(bytes("IN=7391\r"));

        assertThat(all())
                .contains("+CPIN")
                .contains("OK")
                .doesNotContain("7391")
                .doesNotContain("391");
    }

    @Test
    void hidesWhatIsSentAtAPrompt() {
        log.sent(bytes("hello 7391\u001a"));

        assertThat(all()).contains("> <").doesNotContain("hello").doesNotContain("7391");
    }

    @Test
    void hidesALineThatIsTooLongToBeLookedAt() {
        log.sent(bytes("AT+CSIM=4000,\"" + "7391".repeat(1000) + "\"\r"));

        assertThat(all()).contains("more than").doesNotContain("7391");
    }

    @Test
    void showsEverythingElseWithItsDirection() {
        log.sent(bytes("AT+COPS?\r"));
        log.received(bytes("\r\n+COPS: 0,2,\"26201\",7\r\n\r\nOK\r\n"));
        log.sent(bytes("AT+CRSM=176,28589,0,0,4\r"));
        log.received(bytes("\r\n+CPIN: SIM PIN\r\n\r\n+CPIN: NOT READY\r\n"));
        log.note("in step");

        assertThat(all())
                .contains("> AT+COPS?<CR>", "< <CR><LF>+COPS: 0,2,\"26201\",7<CR><LF>", "< <CR><LF>OK<CR><LF>")
                .contains("+CPIN: SIM PIN<CR><LF>", "+CPIN: NOT READY<CR><LF>")
                .contains("> AT+CRSM=176,28589,0,0,4<CR>", "* in step");
    }
}
