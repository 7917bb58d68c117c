// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.pva;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.m2me.operators.DebianProgram;

/** Debian's openssl: the program, and its OCSP responder. */
final class Openssl {
    private static final long TIME_LIMIT_SECONDS = 20; // it answers within milliseconds

    private Openssl() {}

    static String run(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Path printed = Files.createTempFile(folder, "openssl", ".out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " did not end within " + TIME_LIMIT_SECONDS + " s");
        }
        return Files.readString(printed);
    }

    static void pem(Path file, String label, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }

    /**
     * {@code openssl ocsp} as a responder. It listens on every address there is, so it runs in a network of its own; each
     * connection to our loopback is carried in there by a process.
     */
    static final class Responder implements AutoCloseable {
        private static final int PORT = 2560; // nobody else is in that network
        private static final String CARRY =
                "exec 3<>/dev/tcp/127.0.0.1/" + PORT + " 4<&0; cat <&4 >&3 & cat <&3; kill $!";

        private final Process openssl;
        private final ServerSocket entrance;
        private final Set<Process> carriers = ConcurrentHashMap.newKeySet();

        private Responder(Process openssl, ServerSocket entrance) {
            this.openssl = openssl;
            this.entrance = entrance;
        }

        static Responder start(Path folder, String... options) throws IOException {
            DebianProgram.require("unshare", "util-linux");
            DebianProgram.require("ip", "iproute2");
            List<String> command = new ArrayList<>(List.of(
                    "unshare", "-r", "-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", "openssl", "ocsp"));
            command.addAll(List.of("-port", Integer.toString(PORT)));
            command.addAll(List.of(options));
            Process openssl = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            BufferedReader said = openssl.inputReader(StandardCharsets.UTF_8);
            String line = said.readLine();
            while (line != null && !line.contains("waiting for OCSP client connections")) {
                line = said.readLine();
            }
            if (line == null) {
                throw new IOException("openssl ocsp did not start: exit status " + openssl.exitValue());
            }
            drain(said);
            Responder responder = new Responder(openssl, new ServerSocket(0, 5, InetAddress.getLoopbackAddress()));
            daemon(responder::accept);
            return responder;
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + entrance.getLocalPort() + "/");
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = entrance.accept();
                    Process carrier = new ProcessBuilder(
                                    "nsenter",
                                    "--preserve-credentials",
                                    "-U",
                                    "-n",
                                    "-t",
                                    Long.toString(openssl.pid()),
                                    "bash",
                                    "-c",
                                    CARRY)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
                    carriers.add(carrier);
                    daemon(() -> copy(client::getInputStream, carrier::getOutputStream));
                    daemon(() -> {
                        copy(carrier::getInputStream, client::getOutputStream);
                        carrier.destroy();
                        carriers.remove(carrier);
                        quietly(client::close);
                    });
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        /** Ends all that it started, and waits for it. */
        @Override
        public void close() throws IOException {
            entrance.close();
            carriers.forEach(Process::destroy);
            openssl.destroyForcibly();
            quietly(() -> openssl.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS));
        }

        private static void drain(BufferedReader said) {
            daemon(() -> quietly(() -> {
                String line = said.readLine();
                while (line != null) {
                    line = said.readLine();
                }
            }));
        }

        private interface Opening<T> {
            T open() throws IOException;
        }

        private interface Action {
            void run() throws Exception;
        }

        private static void copy(Opening<InputStream> from, Opening<OutputStream> to) {
            quietly(() -> {
                OutputStream out = to.open();
                InputStream in = from.open();
                byte[] part = new byte[4096];
                int read = in.read(part);
                while (read >= 0) {
                    out.write(part, 0, read);
                    out.flush();
                    read = in.read(part);
                }
            });
        }

        private static void quietly(Action action) {
            try {
                action.run();
            } catch (Exception over) {
                // the other end has gone
            }
        }

        private static void daemon(Runnable task) {
            Thread thread = new Thread(task, "openssl-responder");
            thread.setDaemon(true);
            thread.start();
        }
    }
}
