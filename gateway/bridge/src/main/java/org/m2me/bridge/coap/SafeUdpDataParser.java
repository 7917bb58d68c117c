// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bridge.coap;

import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;

/**
 * Answers 4.00 where Californium 3.14.0 lets an unchecked exception of its option parser through: a payload larger than
 * its own block would cost a stack trace in the log for each datagram, and no answer, so that the peer sends it again. A
 * size beyond 31 bits is taken, and throws when the message is shown.
 */
final class SafeUdpDataParser extends UdpDataParser {
    private final Runnable onBad;

    /** @param onBad called for each message that is refused */
    SafeUdpDataParser(Runnable onBad) {
        super(true, StandardOptionRegistry.getDefaultOptionRegistry()); // true: empty messages must be empty
        this.onBad = onBad;
    }

    @Override
    public void parseOptionsAndPayload(DatagramReader in, Message message) {
        try {
            super.parseOptionsAndPayload(in, message);
            message.getOptions().asSortedList(); // as every log of the message does
        } catch (MessageFormatException known) {
            onBad.run();
            throw known;
        } catch (IllegalStateException | IllegalArgumentException unchecked) {
            onBad.run();
            throw new CoAPMessageFormatException(
                    unchecked.getMessage(),
                    message.getToken(),
                    message.getMID(),
                    message.getRawCode(),
                    message.getType() == CoAP.Type.CON,
                    CoAP.ResponseCode.BAD_REQUEST);
        }
    }
}
