// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.ivf.alone;

/** A request that is not done, in words for who made it. */
final class Fault extends Exception {
    private static final long serialVersionUID = 1L;

    /** The status that goes with it. */
    enum Kind {
        MALFORMED(400),
        FORBIDDEN(403),
        NOT_FOUND(404),
        NO_SUCH_VERB(405),
        OLDER(409),
        FULL(507);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    private final Kind kind;
    private final String field;
    private final String words;
    private final String cure;

    /**
     * What is wrong.
     *
     * @param field of the request or token
     * @param cure what would make it right
     */
    Fault(Kind kind, String field, String fault, String cure) {
        super(fault);
        this.kind = kind;
        this.field = field;
        this.words = fault;
        this.cure = cure;
    }

    static Fault malformed(String field, String fault, String cure) {
        return new Fault(Kind.MALFORMED, field, fault, cure);
    }

    Kind kind() {
        return kind;
    }

    String field() {
        return field;
    }

    String words() {
        return words;
    }

    String cure() {
        return cure;
    }
}
