// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Who may call a method over HTTP: the first label of the common name in the caller's certificate ({@code sho} of {@code
 * sho.262-01}). A {@link #CONSOLE} is that of one role: its certificate has that role's whole name after it ({@code
 * console.sho.262-01}), and opens no other.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface AllowedTo {
    /** A role's own staff. */
    String CONSOLE = "console";

    /** First labels. */
    String[] value();
}
