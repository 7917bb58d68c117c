// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.util.Optional;

/** Answers some of the requests to a role. */
interface Service {
    /** Empty when the request is none of this service's. */
    Optional<Answer> answer(Call call);

    /** Up to which size a body of this caller is read. */
    default int sizeMax(Caller caller, String path) {
        return WireJson.MESSAGE_SIZE_MAX;
    }
}
