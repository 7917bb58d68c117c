// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.tre.usim;

import java.util.Arrays;
import java.util.Optional;
import org.m2me.protocol.crypto.SecretBytes;

/** What a card remembers for one logical channel: the selection, and an answer that waits to be fetched. */
final class Channel {
    private static final int NONE = 0;

    private int directory = CardFiles.MF;
    private boolean usimSelected;
    private int file = NONE;
    private int record = NONE;
    private Optional<SecretBytes> waiting = Optional.empty();

    int directory() {
        return directory;
    }

    /** Whether the USIM was selected on this channel, so that 7FFF names it. */
    boolean isUsimSelected() {
        return usimSelected;
    }

    /** A new channel in the same directory. */
    Channel branch() {
        Channel branch = new Channel();
        branch.directory = directory;
        branch.usimSelected = usimSelected;
        return branch;
    }

    void enter(int entered) {
        directory = entered;
        usimSelected |= entered != CardFiles.MF;
        file = NONE;
        record = NONE;
    }

    void select(int in, ElementaryFile selected) {
        enter(in);
        file = selected.fid();
    }

    Optional<ElementaryFile> file(CardFiles files) {
        return file == NONE ? Optional.empty() : files.file(directory, file);
    }

    int record() {
        return record;
    }

    void moveTo(int number) {
        record = number;
    }

    /** Takes the data over: the caller's copy is wiped. */
    void keep(byte[] data) {
        waiting = Optional.of(SecretBytes.takeFrom(data));
    }

    int waitingLength() {
        return waiting.map(SecretBytes::length).orElse(0);
    }

    /** The first bytes of what waits; what is left of it goes on waiting. */
    byte[] fetch(int length) {
        SecretBytes all = waiting.orElseThrow();
        waiting = Optional.empty();
        try (all) {
            if (length < all.length()) {
                waiting =
                        Optional.of(all.use(raw -> SecretBytes.takeFrom(Arrays.copyOfRange(raw, length, raw.length))));
            }
            return all.use(raw -> Arrays.copyOf(raw, length));
        }
    }

    void forget() {
        waiting.ifPresent(SecretBytes::close);
        waiting = Optional.empty();
    }
}
