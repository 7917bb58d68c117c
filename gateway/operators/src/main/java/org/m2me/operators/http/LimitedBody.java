// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.net.ProtocolException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes a body into memory up to a size, and ends the exchange beyond. */
final class LimitedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> content = HttpResponse.BodySubscribers.ofByteArray();
    private final int sizeMax;
    private Flow.@Nullable Subscription subscription;
    private long size;

    LimitedBody(int sizeMax) {
        this.sizeMax = sizeMax;
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
        subscription = source;
        content.onSubscribe(source);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        size += part.stream().mapToLong(ByteBuffer::remaining).sum();
        if (size <= sizeMax) {
            content.onNext(part);
        } else if (subscription != null) {
            subscription.cancel();
            content.onError(new ProtocolException("answer of more than " + sizeMax + " bytes"));
        }
    }

    @Override
    public void onError(Throwable fault) {
        content.onError(fault);
    }

    @Override
    public void onComplete() {
        content.onComplete();
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return content.getBody();
    }
}
