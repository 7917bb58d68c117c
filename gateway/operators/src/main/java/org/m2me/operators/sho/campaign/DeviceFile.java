// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.m2me.operators.Campaigns;
import org.m2me.operators.command.Unusable;
import org.m2me.protocol.identity.Ueid;

/**
 * A file of devices: a UEID in each line, or comma separated values whose first line names a column {@code device}, as an
 * export of a campaign has it. Lines that are empty or begin with # are passed over. It is taken as a whole or not at all.
 */
final class DeviceFile {
    /** As many devices as a campaign may have, in lines as long as those of an export, and then some. */
    private static final int SIZE_MAX = 32 << 20;

    /** Who has more of them sees by these what is wrong with the file. */
    private static final int FAULTS_SAID = 10;

    private static final Pattern UEID = Pattern.compile("01[0-9a-fA-F]{32}");
    private static final String COLUMN = "device";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final Map<Ueid, Integer> lines = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    private DeviceFile(String name) {
        this.name = name;
    }

    /** The devices in their order. @throws Unusable naming each line that is wrong */
    static List<Ueid> read(Path file) throws IOException, Unusable {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new Unusable(file + ": cannot be read");
        }
        byte[] content;
        try (var in = Files.newInputStream(file)) {
            content = in.readNBytes(SIZE_MAX + 1);
        }
        return of(file.toString(), content);
    }

    /** The devices in a file of this name. @throws Unusable as {@link #read} */
    static List<Ueid> of(String name, byte[] content) throws Unusable {
        if (content.length > SIZE_MAX) {
            throw new Unusable(name + ": more than " + SIZE_MAX + " bytes");
        }
        String text = new String(content, StandardCharsets.UTF_8);
        return new DeviceFile(name).devices(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
    }

    private List<Ueid> devices(String text) throws Unusable {
        int column = -1;
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> fields = fields(line);
            if (column < 0) {
                column = Math.max(0, fields.indexOf(COLUMN));
                if (fields.contains(COLUMN)) {
                    continue;
                }
            }
            take(number, column < fields.size() ? fields.get(column) : "");
        }
        check();
        return List.copyOf(lines.keySet());
    }

    /** Values may be between quotation marks; a quotation mark in a value is two. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char character = line.charAt(i);
            if (character == '"') {
                quoted = !quoted;
            } else if (character == ',' && !quoted) {
                fields.add(normal(field));
                field.setLength(0);
            } else {
                field.append(character);
            }
        }
        fields.add(normal(field));
        return fields;
    }

    private static String normal(StringBuilder field) {
        return field.toString().strip().toLowerCase(Locale.ROOT);
    }

    private void take(int number, String field) {
        if (!UEID.matcher(field).matches()) {
            faults.add("line " + number + ": is no UEID: wants 01 and 32 hexadecimal digits");
            return;
        }
        Integer before = lines.putIfAbsent(Ueid.hex(field), number);
        if (before != null) {
            faults.add("line " + number + ": has the device of line " + before + " again");
        }
    }

    private void check() throws Unusable {
        if (!faults.isEmpty()) {
            String said = faults.stream().limit(FAULTS_SAID).collect(Collectors.joining("\n  "));
            String more = faults.size() > FAULTS_SAID ? "\n  and " + (faults.size() - FAULTS_SAID) + " more" : "";
            throw new Unusable(name + ": nothing was done\n  " + said + more);
        }
        if (lines.isEmpty() || lines.size() > Campaigns.DEVICES_MAX) {
            throw new Unusable(name + ": " + lines.size() + " devices, wants 1 to " + Campaigns.DEVICES_MAX);
        }
    }
}
