// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import java.io.IOException;

/** A two-way byte stream to a modem. One thread reads, another writes. */
public interface AtPort extends AutoCloseable {
    /** Opens the port anew, each time it is asked. */
    interface Opener {
        AtPort open() throws IOException;
    }

    /** Waits for bytes. Returns how many came, or -1 when the port is lost. */
    int read(byte[] into) throws IOException;

    /** Writes all of it, or throws. */
    void write(byte[] bytes) throws IOException;

    /** Also ends a read that is waiting. */
    @Override
    void close();

    /**
     * Opens {@code tcp://host:port} or {@code unix:/path}.
     *
     * @throws IllegalArgumentException if the address is neither
     */
    static AtPort open(String address) throws IOException {
        return ChannelPort.open(address);
    }
}
