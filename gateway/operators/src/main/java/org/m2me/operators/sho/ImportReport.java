// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.m2me.operators.sho.SubscriptionImport.Unused;
import org.m2me.operators.sho.profile.Finding;
import org.m2me.protocol.identity.Plmn;

/** A file that says what could not be used: one line each, fields between tabs. It has numbers of subscribers, and no keys. */
final class ImportReport implements AutoCloseable {
    private final BufferedWriter out;

    private ImportReport(BufferedWriter out) {
        this.out = out;
    }

    /** A new file, readable by its owner only. @throws IOException if there is one already */
    static ImportReport create(Path file, Plmn operator, Instant now) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        if (Files.exists(file)) {
            throw new IOException(file + " is there already; name another report with --report");
        }
        var channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner);
        ImportReport report = new ImportReport(new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8)));
        report.line("# What could not be used by operator " + operator + ", " + now);
        report.line("source\tresult\tfield\twhy\twhat to do");
        return report;
    }

    /** On the disk's side when it returns, so that a report goes as far as the import did. */
    void add(SubscriptionImport.Result result) throws IOException {
        lines(result.refused(), "refused");
        lines(result.unused(), "left out");
        out.flush();
    }

    private void lines(List<Unused> all, String outcome) throws IOException {
        for (Unused unused : all) {
            Finding finding = unused.finding();
            line(String.join("\t", unused.source(), outcome, finding.field(), finding.why(), finding.remedy()));
        }
    }

    private void line(String text) throws IOException {
        out.write(text);
        out.newLine();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
