// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Results of roles that somebody keeps in a file, one after the other, as they came: read as strictly as they would be from the role. */
public final class JsonDocuments<T> implements AutoCloseable {
    private final Path file;
    private final JsonParser json;
    private final ObjectReader reader;
    private int number;

    private JsonDocuments(Path file, JsonParser json, ObjectReader reader) {
        this.file = file;
        this.json = json;
        this.reader = reader;
    }

    /** Begins to read. @throws IOException if the file cannot be read */
    public static <T> JsonDocuments<T> read(Path file, Class<T> type) throws IOException {
        ObjectMapper mapper = WireJson.mapper();
        mapper.getFactory()
                .setStreamReadConstraints(mapper.getFactory()
                        .streamReadConstraints()
                        .rebuild()
                        .maxDocumentLength(-1) // of all documents together
                        .build());
        return new JsonDocuments<>(
                file, mapper.getFactory().createParser(Files.newInputStream(file)), mapper.readerFor(type));
    }

    /** The next one, empty at the end. @throws IOException if it is none of this type, with its place */
    public Optional<T> next() throws IOException {
        number++;
        try {
            if (json.nextToken() == null) {
                return Optional.empty();
            }
            T document = reader.readValue(json);
            return Optional.of(document);
        } catch (JsonMappingException wrong) {
            throw new IOException(place() + WireMethod.path(wrong) + ": is missing, unknown or out of range", wrong);
        } catch (JsonProcessingException wrong) {
            throw new IOException(
                    place() + ": is no JSON at line " + wrong.getLocation().getLineNr(), wrong);
        }
    }

    private String place() {
        return file + ": document " + number;
    }

    /** A document as a role writes it. */
    public static byte[] write(Object document) throws IOException {
        return WireJson.mapper().writeValueAsBytes(document);
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
