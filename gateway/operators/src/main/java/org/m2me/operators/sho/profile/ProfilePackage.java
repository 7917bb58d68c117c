// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.m2me.protocol.aka.AkaKey;
import org.m2me.protocol.identity.Imsi;

/**
 * An interoperable profile package (TCA, formerly SIMalliance), versions 2 and 3, in DER: the USIM's numbers and keys are
 * read, everything else of a card has no place in a MCIM and is named.
 */
public final class ProfilePackage {
    /** Real ones have 12 kB; applets make some ten times as long. */
    public static final int SIZE_MAX = 1 << 20;

    /** The first byte of a package: its header. */
    public static final byte BEGIN = (byte) 0xa0;

    private static final int HEADER = 0;
    private static final int AKA = 4;
    private static final int END = 10;
    private static final int MF = 16;
    private static final int USIM = 19;
    private static final int ISIM = 21;
    private static final int CSIM = 25;
    private static final int IOT = 32;

    private static final int MAJOR = 0;
    private static final int ICCID = 3;
    private static final int EF_ICCID = 4;
    private static final Map<Integer, Integer> EF_IMSI = Map.of(USIM, 3, IOT, 9);

    private static final String[] NAMES = {
        "header",
        "genericFileManagement",
        "pinCodes",
        "pukCodes",
        "akaParameter",
        "cdmaParameter",
        "securityDomain",
        "rfm",
        "application",
        "nonStandard",
        "end",
        "rfu1",
        "rfu2",
        "rfu3",
        "rfu4",
        "rfu5",
        "mf",
        "cd",
        "telecom",
        "usim",
        "opt-usim",
        "isim",
        "opt-isim",
        "phonebook",
        "gsm-access",
        "csim",
        "opt-csim",
        "eap",
        "df-5gs",
        "df-saip",
        "df-snpn",
        "df-5gprose",
        "iot",
        "opt-iot"
    };

    /**
     * What a package holds.
     *
     * @param unused elements and fields that have no place in a MCIM
     */
    public record Content(Subscription subscription, List<Finding> unused) {}

    private final Algorithms algorithms;
    private final Map<Integer, Integer> unused = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private Optional<String> iccid = Optional.empty();
    private Optional<String> cardIccid = Optional.empty();
    private Optional<Imsi> imsi = Optional.empty();
    private Optional<AkaElement> aka = Optional.empty();
    private int application = HEADER;

    private ProfilePackage(Algorithms algorithms) {
        this.algorithms = algorithms;
    }

    /** Reads one package; the caller closes the subscription and wipes the array. */
    public static Content read(byte[] der, Algorithms algorithms) throws ProfileRefused {
        if (der.length > SIZE_MAX) {
            throw new ProfileRefused("file", der.length + " bytes, at most " + SIZE_MAX, "leave applets out");
        }
        return new ProfilePackage(algorithms).read(Tlv.sequence(der));
    }

    private Content read(List<Tlv> elements) throws ProfileRefused {
        if (elements.isEmpty()
                || !elements.get(0).isContext()
                || elements.get(0).number() != HEADER
                || elements.get(elements.size() - 1).number() != END) {
            throw new ProfileRefused("file", "does not go from a header to an end", "export the whole package");
        }
        for (Tlv element : elements) {
            if (!element.isContext()) {
                throw new ProfileRefused("file", "has something that is no profile element", "export it again");
            }
            take(element);
        }
        AkaElement parameters = aka.orElseThrow(() -> missing("akaParameter", "USIM"));
        String card = iccid.orElseThrow(() -> missing("iccid", "header"));
        if (!cardIccid.orElse(card).equals(card)) {
            throw new ProfileRefused(
                    "ef-iccid", cardIccid.get() + " is not the header's " + card, "have the profile made again");
        }
        Imsi subscriber = imsi.orElseThrow(() -> missing("ef-imsi", "USIM"));
        findings.addAll(parameters.findings());
        unused.forEach((number, count) -> findings.add(unused(number, count)));
        AkaKey key = parameters.key(algorithms);
        boolean done = false;
        try {
            Subscription subscription = new Subscription(subscriber, card, key, parameters.sqn(key.algorithm()));
            done = true;
            return new Content(subscription, List.copyOf(findings));
        } finally {
            if (!done) {
                key.close();
            }
        }
    }

    private void take(Tlv element) throws ProfileRefused {
        int number = element.number();
        switch (number) {
            case HEADER -> header(element.fields());
            case MF -> masterFile(element.fields());
            case USIM, IOT -> {
                application = number;
                if (imsi.isEmpty()) {
                    usim(element, EF_IMSI.getOrDefault(number, 0));
                } else {
                    application = HEADER; // a second USIM, with all that follows it
                    unused.merge(number, 1, Integer::sum);
                }
            }
            case ISIM, CSIM -> {
                application = number;
                unused.merge(number, 1, Integer::sum);
            }
            case AKA -> {
                if (EF_IMSI.containsKey(application) && aka.isEmpty()) {
                    aka = Optional.of(AkaElement.of(element));
                } else {
                    unused.merge(number, 1, Integer::sum);
                }
            }
            case END -> {}
            default -> unused.merge(number, 1, Integer::sum);
        }
    }

    private void header(Map<Integer, Tlv> fields) throws ProfileRefused {
        if (iccid.isPresent()) {
            throw new ProfileRefused("header", "there are two packages in this file", "put each in a file of its own");
        }
        int major = field(fields, MAJOR, "major-version").integer();
        if (major != 2 && major != 3) {
            throw new ProfileRefused("major-version", major + " is not read here", "export as version 2 or 3");
        }
        iccid = Optional.of(CardFile.headerIccid(field(fields, ICCID, "iccid").bytes(), "iccid"));
    }

    private void masterFile(Map<Integer, Tlv> fields) throws ProfileRefused {
        byte[] content = CardFile.content(field(fields, EF_ICCID, "ef-iccid"), "ef-iccid");
        if (content.length > 0) {
            cardIccid = Optional.of(CardFile.iccid(content, "ef-iccid"));
        }
    }

    private void usim(Tlv element, int field) throws ProfileRefused {
        byte[] content = CardFile.content(field(element.fields(), field, "ef-imsi"), "ef-imsi");
        imsi = Optional.of(CardFile.imsi(content, "ef-imsi"));
    }

    private static Finding unused(int number, int count) {
        String name = number < NAMES.length ? NAMES[number] : "element [" + number + "]";
        String field = count == 1 ? name : name + " (" + count + ")";
        return switch (number) {
            case USIM, IOT, ISIM, CSIM, AKA ->
                new Finding(
                        field,
                        "a MCIM is one USIM with one key",
                        "nothing, unless the device has to be this one as well");
            default -> new Finding(field, "a MCIM has no such part", "nothing, unless the device relies on it");
        };
    }

    private static Tlv field(Map<Integer, Tlv> fields, int number, String name) throws ProfileRefused {
        @Nullable Tlv field = fields.get(number);
        if (field == null) {
            throw missing(name, "package");
        }
        return field;
    }

    private static ProfileRefused missing(String field, String where) {
        return new ProfileRefused(field, "the " + where + " has none", "have the profile made again");
    }
}
