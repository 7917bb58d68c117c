// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.http;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.m2me.operators.AllowedTo;
import org.m2me.operators.OfCaller;

/**
 * Who is at the other end, as its certificate says.
 *
 * @param name common name: {@code sho.262-01}
 */
record Caller(String name) {
    /** @throws IllegalArgumentException if the certificate has no common name */
    static Caller of(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return new Caller(part.getValue().toString());
                }
            }
        } catch (InvalidNameException wrong) {
            throw new IllegalArgumentException("certificate: its subject is no name", wrong);
        }
        throw new IllegalArgumentException("certificate: its subject has no common name");
    }

    /** What kind of role: {@code sho}. */
    private String label() {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Which one of its kind: {@code 262-01}. */
    private String rest() {
        return name.substring(Math.min(name.length(), label().length() + 1));
    }

    boolean isOneOf(Set<String> labels) {
        return labels.contains(label());
    }

    /** Whether this is one who may call the method of a role of this name. */
    boolean mayCall(WireMethod method, String role) {
        return isOneOf(method.allowedTo()) && (!label().equals(AllowedTo.CONSOLE) || rest().equals(role));
    }

    /** Whether what has to be the caller's own name is. */
    boolean maySay(WireMethod method, Object[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (!maySay(method.parameters().get(i), arguments[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean maySay(AnnotatedElement where, Object value) {
        OfCaller own = where.getAnnotation(OfCaller.class);
        if (own != null && !value.toString().equals(own.wholeName() ? name : rest())) {
            return false;
        }
        RecordComponent[] components = value.getClass().getRecordComponents();
        if (components == null) {
            return true;
        }
        for (RecordComponent component : components) {
            if (component.isAnnotationPresent(OfCaller.class) && !maySay(component, content(component, value))) {
                return false;
            }
        }
        return true;
    }

    private static Object content(RecordComponent component, Object holder) {
        try {
            return component.getAccessor().invoke(holder);
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException("a component of a public record can be read", impossible);
        }
    }
}
