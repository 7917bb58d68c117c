// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent.measure;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import org.m2me.protocol.crypto.Hashes;
import org.m2me.protocol.identity.Opaque;

/**
 * What a component was found to be.
 *
 * @param files sorted by path
 */
public record Measurement(String component, String version, List<MeasuredFile> files) {
    public Measurement {
        files = files.stream().sorted(Comparator.comparing(MeasuredFile::path)).toList();
    }

    /** SHA-256 over, for each file in order: its path in UTF-8, a zero byte, its size in 8 bytes, its SHA-256. */
    public Opaque digest() {
        MessageDigest sum = Hashes.sha256();
        for (MeasuredFile file : files) {
            sum.update(file.path().getBytes(StandardCharsets.UTF_8));
            sum.update((byte) 0);
            sum.update(ByteBuffer.allocate(Long.BYTES).putLong(file.size()).array());
            sum.update(file.sha256().bytes());
        }
        return Opaque.of(sum.digest());
    }

    /** Bytes in all files. */
    public long size() {
        return files.stream().mapToLong(file -> Math.max(0, file.size())).sum();
    }
}
