// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.m2me.operators.DeviceService;

/** A role over HTTP/1.1 with mutual TLS: its interfaces, its side towards devices, their description, its health. */
public final class RoleServer implements AutoCloseable {
    private final HttpListener listener;

    private RoleServer(HttpListener listener) {
        this.listener = listener;
    }

    /**
     * What is served.
     *
     * @param name the role's common name: in its description and health, and after that of its consoles
     * @param interfaces implementation by interface
     */
    public record Content(String name, Map<Class<?>, Object> interfaces, Optional<DeviceService> devices) {
        /** Guards against later change of the map. */
        public Content {
            interfaces = Map.copyOf(interfaces);
        }
    }

    /**
     * Starts on a loopback address.
     *
     * @param host name or address of this machine's loopback, as in the certificate
     * @param port 0 has the system choose
     * @throws IOException if the port is taken
     */
    public static RoleServer start(TlsIdentity identity, String host, int port, Content content) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException(host + ": roles are served on loopback only");
        }
        ObjectMapper mapper = WireJson.mapper();
        Exchange exchange = new Exchange(services(mapper, content), new Refusals(mapper), true);
        return new RoleServer(HttpListener.start(
                new HttpListener.Place(Optional.of(identity), host, port, content.name()), exchange));
    }

    private static List<Service> services(ObjectMapper mapper, Content content) {
        List<Service> services = new ArrayList<>();
        services.add(new InterfaceService(mapper, content.interfaces(), content.name()));
        content.devices().ifPresent(devices -> services.add(new DeviceSide(devices, content.name())));
        services.add(new Description(mapper, content));
        return services;
    }

    /** Where it is to be called. */
    public URI uri() {
        return listener.uri();
    }

    /** The port that it has, also when it was chosen by the system. */
    public int port() {
        return listener.port();
    }

    @Override
    public void close() {
        listener.close();
    }
}
