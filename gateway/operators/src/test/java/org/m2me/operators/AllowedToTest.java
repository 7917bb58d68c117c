// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.m2me.protocol.identity.Imsi;
import org.m2me.protocol.identity.Plmn;

final class AllowedToTest {
    private static final Set<String> CALLERS =
            Set.of("ccif", "console", "dpf", "drf", "line", "pva", "sho", "subscriber", "supplier", "vno");

    static Stream<Method> methods() {
        return RoleInterfaces.ALL.stream()
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodSaysWhoMayCallIt(Method method) {
        AllowedTo allowed = method.getAnnotation(AllowedTo.class);
        assertThat(allowed).isNotNull();
        assertThat(allowed.value()).isNotEmpty().isSubsetOf(CALLERS).doesNotHaveDuplicates();
    }

    /** Who calls as an operator says its own name: an operator in a message is the caller, or it is an answer. */
    @ParameterizedTest
    @MethodSource("methods")
    void noOperatorCanSpeakForAnother(Method method) {
        boolean byOperators =
                Arrays.asList(method.getAnnotation(AllowedTo.class).value()).contains("sho");
        if (!byOperators) {
            return;
        }
        for (Class<?> parameter : method.getParameterTypes()) {
            for (RecordComponent component : components(parameter)) {
                if (component.getType() == Plmn.class) {
                    assertThat(component.isAnnotationPresent(OfCaller.class))
                            .as(component + " of " + parameter)
                            .isTrue();
                }
            }
        }
    }

    /** Each serving node has an IND of its own: by another's name it would use up that node's sequence numbers. */
    @Test
    void noServingNodeCanTakeTheNameOfAnother() throws NoSuchMethodException {
        Method subscription = AuthenticationCentre.class.getMethod("subscription", Imsi.class, String.class);
        RecordComponent asking = Arrays.stream(AuthenticationCentre.VectorRequest.class.getRecordComponents())
                .filter(component -> component.getName().equals("servingNode"))
                .findFirst()
                .orElseThrow();

        assertThat(asking.getAnnotation(OfCaller.class).wholeName()).isTrue();
        assertThat(subscription.getParameters()[1].getAnnotation(OfCaller.class).wholeName())
                .isTrue();
    }

    private static List<RecordComponent> components(Class<?> type) {
        return type.isRecord() ? List.of(type.getRecordComponents()) : List.of();
    }

    @Test
    void knowsEveryInterfaceThatPeersHandOut() {
        assertThat(Arrays.stream(Peers.class.getMethods())
                        .map(Method::getReturnType)
                        .filter(Class::isInterface)
                        .filter(type -> Modifier.isPublic(type.getModifiers())))
                .isSubsetOf(RoleInterfaces.ALL);
    }
}
