// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Small files that are whole or absent, whatever moment the power fails. */
public interface Storage {
    /** The content of the file of this name, one path element, or empty if there is none. */
    Optional<byte[]> read(String name) throws IOException;

    /** Replaces a file: written aside, forced, moved over, directory forced; durable when this returns. */
    void write(String name, byte[] content) throws IOException;

    /** Where the files are. */
    Path directory();
}
