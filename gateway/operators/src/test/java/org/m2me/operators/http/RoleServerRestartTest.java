// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.m2me.operators.TestPki;
import org.m2me.operators.Unavailable;
import org.m2me.protocol.message.Refused;

final class RoleServerRestartTest {
    private final TestPki pki = new TestPki();
    private final SamplerRole role = new SamplerRole();
    private RoleServer server;
    private Sampler sampler;

    @BeforeEach
    void start() throws IOException {
        server = SamplerRole.serve(role, pki, 0);
        sampler = new RoleClient(pki.identity("sho.262-01")).of(Sampler.class, "sampler", server.uri());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void isUnavailableWhenItEndsDuringACall() throws Exception {
        CompletableFuture<Void> call = CompletableFuture.runAsync(() -> {
            try {
                sampler.hang();
            } catch (Refused refused) {
                throw new IllegalStateException(refused);
            }
        });
        role.hanging.await();
        server.close();
        assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(Unavailable.class);
    }

    @Test
    void isFoundAgainAfterARestartOnTheSamePort() throws Exception {
        assertThat(sampler.maybe(Optional.empty())).isEmpty();
        int port = server.port();
        server.close();
        assertThatThrownBy(() -> sampler.maybe(Optional.empty())).isInstanceOf(Unavailable.class);
        server = SamplerRole.serve(role, pki, port);
        assertThat(sampler.maybe(Optional.empty())).isEmpty();
        server.close();
        server = SamplerRole.serve(role, pki, port);
        assertThat(sampler.maybe(Optional.empty())).isEmpty();
    }

    @Test
    void saysThatThePortIsTaken() {
        assertThatThrownBy(() -> SamplerRole.serve(role, pki, server.port()).close())
                .isInstanceOf(IOException.class);
    }
}
