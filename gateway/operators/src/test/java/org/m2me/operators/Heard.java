// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.crypto.SecretBytes;
import org.m2me.protocol.identity.Opaque;

/** Everything that was told: bytes as they are, also secret ones, the rest as text, records also part by part. */
final class Heard {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    synchronized byte[] bytes() {
        return all.toByteArray();
    }

    synchronized void note(@Nullable Object... values) {
        if (values == null) {
            return;
        }
        for (Object value : values) {
            if (value instanceof Opaque bytes) {
                all.writeBytes(bytes.bytes());
            } else if (value instanceof byte[] bytes) {
                all.writeBytes(bytes);
            } else if (value instanceof SecretBytes secret) {
                all.writeBytes(secret.use(byte[]::clone)); // on the wire it is none
            } else if (value instanceof Optional<?> maybe) {
                if (maybe.isPresent()) {
                    note(maybe.get());
                }
            } else if (value instanceof Collection<?> several) {
                note(several.toArray());
            } else if (value != null) {
                all.writeBytes(value.toString().getBytes(StandardCharsets.UTF_8));
                noteParts(value);
            }
        }
    }

    private void noteParts(Object value) {
        if (!value.getClass().isRecord()) {
            return;
        }
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                note(component.getAccessor().invoke(value));
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException("a component of a record can be read", impossible);
            }
        }
    }
}
