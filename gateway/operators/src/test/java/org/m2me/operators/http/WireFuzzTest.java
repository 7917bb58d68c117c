// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.operators.RoleInterfaces;

/** A role is called with any bytes, the first choosing the method: they are refused, or the arguments of a call. */
@Timeout(10)
class WireFuzzTest {
    private static final ObjectMapper MAPPER = WireJson.mapper();
    private static final List<WireMethod> METHODS = Stream.concat(Stream.of(Sampler.class), RoleInterfaces.ALL.stream())
            .flatMap(type -> new WireInterface(MAPPER, type).methods().stream())
            .toList();
    private static final String NAMES = "{'imsi':'262011234567890','pcid':'901700000000001','plmn':'262-01','ueid':'01"
            + "ab".repeat(16) + "','nonce':'" + "cd".repeat(16) + "','opaque':'ff00','certificate':'MIIB'}";
    private static final String SHAPES = "{'shapes':{'text':'a','narrow':-1,'wide':2,'flag':true,'code':'QUOTA',"
            + "'at':'2026-11-22T10:00:00.123456789Z','length':'PT1.5S','present':'','list':[" + NAMES
            + "],'readings':{'temperature':21}}}";

    static Stream<byte[]> seeds() {
        Stream<byte[]> empty = IntStream.range(0, METHODS.size()).mapToObj(method -> call(method, "{}"));
        return Stream.concat(
                empty,
                Stream.of(
                        call(index("names"), "{'names':" + NAMES + "}"),
                        call(index("shapes"), SHAPES),
                        call(index("several"), "{'list':[" + NAMES + "],'one':" + NAMES + ",'number':3}"),
                        call(index("key"), "{'key':{'algorithm':'MILENAGE','k':'AAAA','opc':''},'more':'AAAA'}")));
    }

    private static int index(String name) {
        return METHODS.stream().map(WireMethod::name).toList().indexOf(name);
    }

    private static byte[] call(int method, String json) {
        byte[] body = ("x" + json.replace('\'', '"')).getBytes(StandardCharsets.UTF_8);
        body[0] = (byte) method;
        return body;
    }

    @MethodSource("seeds")
    @FuzzTest
    void readArguments(byte[] input) throws IOException {
        WireMethod method = METHODS.get(input.length == 0 ? 0 : (input[0] & 0xff) % METHODS.size());
        byte[] body = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
        try (Secrets secrets = new Secrets()) {
            byte[] written = written(method, method.readArguments(body, secrets));
            assertThat(written(method, method.readArguments(written, secrets))).isEqualTo(written);
        } catch (Malformed refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static byte[] written(WireMethod method, Object[] arguments) throws IOException {
        try (WireOutput out = method.writeArguments(arguments)) {
            return Arrays.copyOf(out.content(), out.length());
        }
    }
}
