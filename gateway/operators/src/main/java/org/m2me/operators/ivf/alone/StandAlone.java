// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.m2me.operators.http.ResourceServer;
import org.m2me.operators.store.StorageFailed;

/** The command that starts an IVF by itself, in front of another verifier. */
public final class StandAlone implements AutoCloseable {
    private static final int UNUSABLE = 2;
    private static final String USAGE = """
            Keeps the newest attestation result (EAR) of each device, and answers whether it may be relied on.

            ivf --config FILE

              PUT /results/DEVICE      an EAR, as JWT (ES256) or CWT (COSE_Sign1, ES256), that a known verifier signed
              GET /results/DEVICE      its standing, and the token when that is VALID; ?policy=ID asks for a policy
              DELETE /results/DEVICE   makes void what was issued until now

            The file is explained in gateway/operators/README.md. Ends with Ctrl-C; nothing is lost.
            """;

    private final Tokens tokens;
    private final ResourceServer server;

    private StandAlone(Tokens tokens, ResourceServer server) {
        this.tokens = tokens;
        this.server = server;
    }

    /** Starts as the file says. */
    static StandAlone start(Path config, Clock clock) throws AloneSettings.Unusable, IOException {
        AloneSettings settings = AloneSettings.read(config);
        Tokens tokens = new Tokens(settings.database());
        boolean started = false;
        try {
            ResourceServer server = ResourceServer.start(
                    new ResourceServer.Place(
                            settings.identity(), settings.host(), settings.port(), ResultResources.TOKEN_SIZE_MAX),
                    new ResultResources(tokens, settings.issuers(), settings.rules(), clock));
            started = true;
            return new StandAlone(tokens, server);
        } finally {
            if (!started) {
                tokens.close();
            }
        }
    }

    URI uri() {
        return server.uri();
    }

    /** The command. */
    public static void main(String... words) throws InterruptedException {
        int status = run(words, System.out, System.err, Clock.systemUTC());
        if (status != 0) {
            System.exit(status);
        }
        if (!List.of(words).contains("--help")) {
            Thread.currentThread().join(); // until it is killed
        }
    }

    /** Starts it, or says why not; the exit status. */
    static int run(String[] words, PrintStream out, PrintStream err, Clock clock) {
        if (List.of(words).contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        if (words.length != 2 || !words[0].equals("--config")) {
            err.println("ivf: wants --config FILE; see --help");
            return UNUSABLE;
        }
        try {
            StandAlone alone = start(Path.of(words[1]), clock);
            Runtime.getRuntime().addShutdownHook(new Thread(alone::close, "end"));
            out.println("ivf: " + alone.uri() + ResultResources.PATH);
            return 0;
        } catch (AloneSettings.Unusable | IOException | StorageFailed | IllegalArgumentException failed) {
            err.println("ivf: " + failed.getMessage());
            return UNUSABLE;
        }
    }

    @Override
    public void close() {
        server.close();
        tokens.close();
    }
}
