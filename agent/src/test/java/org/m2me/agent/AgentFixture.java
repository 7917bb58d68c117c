// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An agent on a board, with a network and a gateway that it can reach. */
abstract class AgentFixture {
    @TempDir
    Path home;

    TestWorld world;
    TestNetwork network;
    TestGateway gateway;
    TestAgent agent;

    @BeforeEach
    void start() throws Exception {
        world = new TestWorld(Files.createDirectory(home.resolve("tre")));
        network = new TestNetwork(world);
        gateway = new TestGateway(world, world.gateway(), network);
        agent = new TestAgent(world, home, gateway.address());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }
}
