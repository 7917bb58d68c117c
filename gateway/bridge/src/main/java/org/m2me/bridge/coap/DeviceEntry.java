// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.m2me.bridge.device.DeviceAnswer;
import org.m2me.bridge.device.DeviceHandler;
import org.m2me.protocol.identity.Ueid;
import org.m2me.protocol.message.DeviceResource;
import org.m2me.protocol.message.ResultCode;

/** One resource as devices see it. Whose it is comes from the connection: no path or option names a device. */
final class DeviceEntry extends CoapResource {
    /** What answers share: who is behind a connection, who answers, and when to acknowledge without an answer. */
    record Context(
            DeviceProof proof, DeviceHandler handler, ScheduledExecutorService timer, long acknowledgeAfterMillis) {}

    private final DeviceResource resource;
    private final Context context;

    DeviceEntry(DeviceResource resource, Context context) {
        super(resource.path());
        this.resource = resource;
        this.context = context;
        getAttributes().addResourceType("m2me." + resource.name().toLowerCase(java.util.Locale.ROOT));
        getAttributes().addContentType(MediaTypeRegistry.APPLICATION_CBOR);
        if (resource.sizeMax() > 0) {
            getAttributes().setMaximumSizeEstimate(resource.sizeMax());
        }
    }

    @Override
    public void handleRequest(Exchange exchange) {
        Request request = exchange.getRequest();
        CoAP.Code method = resource == DeviceResource.MAIL ? CoAP.Code.GET : CoAP.Code.POST;
        Ueid device = context.proof()
                .device(request.getSourceContext().getPeerIdentity())
                .orElse(null);
        if (request.getCode() != method) {
            exchange.sendResponse(new Response(CoAP.ResponseCode.METHOD_NOT_ALLOWED));
        } else if (device == null) {
            exchange.sendResponse(new Response(CoAP.ResponseCode.UNAUTHORIZED));
        } else if (!isCbor(request)) {
            exchange.sendResponse(new Response(CoAP.ResponseCode.UNSUPPORTED_CONTENT_FORMAT));
        } else {
            answer(exchange, device, request.getPayload());
        }
    }

    /** The format may be left out, for there is no other. */
    private static boolean isCbor(Request request) {
        int format = request.getOptions().getContentFormat();
        return format == MediaTypeRegistry.UNDEFINED || format == MediaTypeRegistry.APPLICATION_CBOR;
    }

    private void answer(Exchange exchange, Ueid device, byte[] body) {
        // An answer that comes soon travels on the acknowledgement and saves two datagrams.
        ScheduledFuture<?> acknowledgement = context.timer()
                .schedule(
                        () -> exchange.execute(exchange::sendAccept),
                        context.acknowledgeAfterMillis(),
                        TimeUnit.MILLISECONDS);
        context.handler().handle(device, resource, body, answer -> {
            acknowledgement.cancel(false);
            exchange.sendResponse(response(answer));
        });
    }

    private Response response(DeviceAnswer answer) {
        Response response = new Response(code(answer.code()));
        if (answer.body().length > 0) {
            response.setPayload(answer.body());
        }
        if (!answer.retryAfter().isZero()) {
            response.getOptions().setMaxAge(answer.retryAfter().plusMillis(999).toSeconds());
        }
        return response;
    }

    private CoAP.ResponseCode code(ResultCode code) {
        if (code == ResultCode.OK) {
            return resource == DeviceResource.MAIL ? CoAP.ResponseCode.CONTENT : CoAP.ResponseCode.CHANGED;
        }
        // CoAP writes class and detail in 3 and 5 bits where HTTP has three digits (RFC 7252 12.1.2).
        return CoAP.ResponseCode.valueOf((code.status() / 100) << 5 | code.status() % 100);
    }
}
