// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Debian's curl as somebody who calls a role: an HTTP client that has nothing of this project. */
public final class Curl {
    private static final int STATUS_LENGTH = 3;

    private final Path folder;

    private Curl(Path folder) {
        this.folder = folder;
    }

    /** In the folder where {@link TestPki#write} has left certificates. Skips the test where there is no curl. */
    public static Curl in(Path folder) {
        DebianProgram.require("curl", "curl");
        return new Curl(folder);
    }

    /** What was answered. @param status 0 where nobody answered HTTP */
    public record Said(int status, String body) {}

    /** A call with the certificate of this name. */
    public Said call(String name, URI uri, String... more) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("--cert", name + ".pem", "--key", name + ".key"));
        options.addAll(List.of(more));
        return callWithout(uri, options.toArray(String[]::new));
    }

    /** A call without any certificate, unless one is among the options. */
    public Said callWithout(URI uri, String... options) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "--cacert", "ca.pem", "-w", "%{http_code}", uri.toString()));
        command.addAll(List.of(options));
        String text = new String(DebianProgram.run(folder, command).output(), StandardCharsets.UTF_8);
        int end = text.length() - STATUS_LENGTH;
        return new Said(Integer.parseInt(text.substring(end)), text.substring(0, end));
    }
}
