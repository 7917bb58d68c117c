// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.identity.Opaque;

/** Everything that a role was told: bytes as they are, the rest as text, records also part by part. */
final class Heard {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    synchronized byte[] bytes() {
        return all.toByteArray();
    }

    synchronized void note(@Nullable Object... values) throws ReflectiveOperationException {
        if (values == null) {
            return;
        }
        for (Object value : values) {
            if (value instanceof Opaque bytes) {
                all.writeBytes(bytes.bytes());
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

    private void noteParts(Object value) throws ReflectiveOperationException {
        if (value.getClass().isRecord()) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                note(component.getAccessor().invoke(value));
            }
        }
    }
}
