// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A value that over HTTP must be the caller's own name: what follows the first label of its common name ({@code 262-01}
 * of {@code sho.262-01}). So no operator, supplier or subscriber acts in the name of another.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface OfCaller {
    /** Whether it has to be the whole common name instead: {@code vno.262-42}. */
    boolean wholeName() default false;
}
