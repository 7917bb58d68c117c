// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.measure;

import java.io.IOException;
import java.nio.file.Path;

/** What is to be measured is no file with a content: reading it might never end. */
public final class IrregularFileException extends IOException {
    private static final long serialVersionUID = 1L;

    IrregularFileException(Path file) {
        super(file
                + " is a pipe, a device or a socket: only files and directories can be measured; take it away, or out"
                + " of the configuration's components");
    }
}
