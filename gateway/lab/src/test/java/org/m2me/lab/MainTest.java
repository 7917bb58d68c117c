// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, as far as no network is started for it. */
class MainTest {
    private final Level level = Logger.getLogger("").getLevel();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @AfterEach
    void restoreTheLog() {
        Logger.getLogger("").setLevel(level);
    }

    @Test
    void saysWhichValueIsWrongAndWhatItMayBe() {
        assertThat(exit("--devices", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("m2me: --devices: 0 is not 1 to 500");
        assertThat(exit("chaos", "--devices", "51")).isEqualTo(2);
        assertThat(err.toString()).contains("m2me: --devices: 51 is not 1 to 50");
        assertThat(exit("chaos", "--minutes", "1441")).isEqualTo(2);
        assertThat(err.toString()).contains("m2me: --minutes: 1441 is not 0 to 1440");
        assertThat(exit("chaos", "--change", "sometimes")).isEqualTo(2);
        assertThat(err.toString()).contains("--change").contains("old, pristine, preloaded, mixed, none");
        assertThat(exit("fleet", "change", "--from", "262-03")).isEqualTo(2);
        assertThat(err.toString())
                .contains("m2me: --from: there is no operator 262-03 for that in this lab; it is 262-01");
        assertThat(exit("fleet", "change", "--to", "262-01")).isEqualTo(2);
        assertThat(err.toString())
                .contains("m2me: --to: there is no operator 262-01 for that in this lab; it is 262-02");
        assertThat(exit("fleet", "change", "--updated", "101")).isEqualTo(2);
        assertThat(err.toString()).contains("m2me: --updated: 101 is not 0 to 100");
        assertThat(exit("--access", "pigeon")).isEqualTo(2);
        assertThat(err.toString()).contains("--access").contains("pigeon").contains("cellular, n3g");
    }

    @Test
    void writesIntoNoDirectoryThatIsThereAlready() {
        assertThat(exit("--dir", directory.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--dir: " + directory + " exists; name one that does not");
    }

    @Test
    void namesItsOptionsAndWhatItsExitStatusMeans() {
        assertThat(exit("--help")).isZero();
        assertThat(out.toString())
                .contains("--devices", "--tamper", "--access", "--pcid", "--mcim", "--gsup", "--keep", "chaos")
                .containsPattern("1 +at least one did not");
    }

    private int exit(String... words) {
        return Main.command()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }
}
