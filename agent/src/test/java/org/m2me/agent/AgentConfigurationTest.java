// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.m2me.agent.AgentConfiguration.Access;
import org.m2me.agent.measure.Component;

class AgentConfigurationTest {
    private static final List<String> GOOD = List.of(
            "# a comment",
            "",
            "board = laptop.properties",
            "tre = soft",
            "tre.directory = tre",
            "gateway = coaps://gateway.example:5684",
            "access = 3gpp",
            "firmware.version = 1.2.3",
            "telemetry.interval = 60",
            "telemetry.count = 0",
            "state = state",
            "component.runtime = ${java.home}/lib/modules, ${java.home}/bin/java",
            "component.agent = ${agent.lib}",
            "component.config = agent.properties");
    private static final Map<String, Path> DIRECTORIES =
            Map.of("java.home", Path.of("/opt/java"), "agent.lib", Path.of("/opt/agent/lib"));

    @TempDir
    private Path home;

    private AgentConfiguration load(List<String> lines) throws IOException, ConfigurationException {
        Path file = Files.write(home.resolve("agent.properties"), lines);
        return AgentConfiguration.load(file, DIRECTORIES);
    }

    private static List<String> with(String key, String value) {
        return GOOD.stream()
                .map(line -> line.startsWith(key + " =") ? key + " = " + value : line)
                .toList();
    }

    @Test
    void readsEverythingAndFindsPathsBesideTheFile() throws Exception {
        AgentConfiguration read = load(GOOD);

        assertThat(read.board()).isEqualTo(home.resolve("laptop.properties"));
        assertThat(read.treDirectory()).isEqualTo(home.resolve("tre"));
        assertThat(read.statusFile()).isEqualTo(home.resolve("state/agent.status"));
        assertThat(read.gateway()).hasToString("coaps://gateway.example:5684");
        assertThat(read.access()).isEqualTo(Access.THREE_GPP);
        assertThat(read.telemetryInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read.components()).extracting(Component::name).containsExactly("runtime", "agent", "config");
        assertThat(read.components().get(0).roots())
                .containsExactly(Path.of("/opt/java/lib/modules"), Path.of("/opt/java/bin/java"));
        assertThat(read.components().get(2).roots()).containsExactly(home.resolve("agent.properties"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "board",
                "tre",
                "tre.directory",
                "gateway",
                "access",
                "firmware.version",
                "telemetry.interval",
                "telemetry.count",
                "state"
            })
    void namesAKeyThatIsMissing(String key) {
        List<String> lines =
                GOOD.stream().filter(line -> !line.startsWith(key + " =")).toList();
        assertThatThrownBy(() -> load(lines))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("agent.properties: " + key + ": is missing");
    }

    @Test
    void knowsWhenASubscriptionThatDoesNotWorkIsLeft() throws Exception {
        assertThat(load(GOOD).fallBack().unconfirmed()).isEqualTo(Duration.ofMinutes(30));
        assertThat(load(GOOD).fallBack().confirmed()).isEqualTo(Duration.ofDays(1));
        AgentConfiguration.FallBackLimits given = load(with(
                        "state", "state\nfallback.unconfirmed = 60\nfallback.confirmed = 3600"))
                .fallBack();
        assertThat(given).isEqualTo(new AgentConfiguration.FallBackLimits(Duration.ofMinutes(1), Duration.ofHours(1)));
        assertThatThrownBy(() -> load(with("state", "state\nfallback.unconfirmed = 9")))
                .hasMessageContaining("fallback.unconfirmed: wants a whole number from 10 to 86400");
        assertThatThrownBy(() -> load(with("state", "state\nfallback.confirmed = 2592001")))
                .hasMessageContaining("fallback.confirmed: wants a whole number from 10 to 2592000");
    }

    @Test
    void knowsWhenANewPcidIsAskedFor() throws Exception {
        assertThat(load(GOOD).pcidRenewal())
                .isEqualTo(new AgentConfiguration.PcidRenewal(Duration.ofDays(30), Duration.ofDays(1)));
        assertThat(load(with("state", "state\npcid.renew-before = 60\npcid.renew-retry = 10"))
                        .pcidRenewal())
                .isEqualTo(new AgentConfiguration.PcidRenewal(Duration.ofMinutes(1), Duration.ofSeconds(10)));
        assertThatThrownBy(() -> load(with("state", "state\npcid.renew-before = 59")))
                .hasMessageContaining("pcid.renew-before: wants a whole number from 60 to 31622400");
        assertThatThrownBy(() -> load(with("state", "state\npcid.renew-retry = 9")))
                .hasMessageContaining("pcid.renew-retry: wants a whole number from 10 to 2592000");
    }

    @Test
    void asksAgainAfterADayUnlessItIsToldOtherwise() throws Exception {
        assertThat(load(GOOD).refusedRetry()).isEqualTo(Duration.ofDays(1));
        assertThat(load(with("state", "state\nrefused.retry = 3600")).refusedRetry())
                .isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> load(with("state", "state\nrefused.retry = 59")))
                .hasMessageContaining("refused.retry: wants a whole number from 60 to 2592000");
    }

    @Test
    void namesAKeyThatIsNotKnownOrThereTwice() {
        assertThatThrownBy(() -> load(with("state", "state\ntelemetry.intervall = 5")))
                .hasMessageContaining("telemetry.intervall: is not known");
        assertThatThrownBy(() -> load(with("state", "state\nstate = other")))
                .hasMessageContaining("state: is there twice");
        assertThatThrownBy(() -> load(with("state", "state\nnonsense"))).hasMessageContaining("line 12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "access | wlan | wants 3gpp or n3g, has \"wlan\"",
                "gateway | http://x:1 | wants coaps://host:port",
                "gateway | coaps://x:70000 | wants coaps://host:port",
                "telemetry.interval | often | wants a whole number from 1 to 86400, has \"often\"",
                "telemetry.interval | 0 | wants a whole number from 1",
                "firmware.version | 123456789012345678901234567890123 | at most 32 bytes of UTF-8, has 33",
                "firmware.version | \u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9 | at most 32 bytes of UTF-8, has 34",
                "component.agent | ${home}/x | has \"${home}/x\"",
                "component.agent | a,,b | has an empty one",
                "component.agent | a/x,b/x | two paths that end in x"
            })
    void saysWhatAValueShouldBe(String key, String value, String wants) {
        assertThatThrownBy(() -> load(with(key, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key + ": ")
                .hasMessageContaining(wants);
    }

    @Test
    void wantsANetworkToJoinAndSomethingToMeasure() {
        assertThatThrownBy(() -> load(with("access", "n3g"))).hasMessageContaining("wlan.network: is missing");
        assertThatThrownBy(() -> load(GOOD.stream()
                        .filter(line -> !line.startsWith("component"))
                        .toList()))
                .hasMessageContaining("component.NAME: wants 1 to 15, has 0");
        assertThatThrownBy(() -> load(with("component.agent", "x\ncomponent.A = x")))
                .hasMessageContaining("component.A: wants a name");
        assertThatThrownBy(() -> load(with("component.agent", "x\ncomponent.case = x")))
                .hasMessageContaining("component.case: wants another name");
    }

    @Test
    void saysThatThereIsNoFile() {
        assertThatThrownBy(() -> AgentConfiguration.load(home.resolve("none"), DIRECTORIES))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("there is no such file");
    }
}
