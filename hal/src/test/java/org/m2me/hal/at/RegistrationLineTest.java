// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.hal.at;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationLineTest {
    // Lines from real modems, as ModemManager's parser tests hold them, and the state each one means.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "+CREG: 1,3                           | 3  | true",
                "+CREG: 3                             | 3  | false",
                "+CREG: 11                            | 11 | false",
                "+CREG: 1,1,84CD,00D30173             | 1  | true",
                "+CREG: 1,84CD,00D30156               | 1  | false",
                "+CREG: 2,0,00,0                      | 0  | true",
                "+CREG: 2,,                           | 2  | false",
                "+CREG:002,001,\"18d8\",\"ffff\"      | 1  | true",
                "+CREG:2,1,0001,0010                  | 1  | true",
                "+CREG: 1,0001,0010,0                 | 1  | false",
                "+CREG: 001,\"0001\",\"0010\",000     | 1  | false",
                "+CREG: 10,0001,0010,0                | 10 | false",
                "+CREG: 2,6,\"8B37\",\"0A265185\",7   | 6  | true",
                "+CREG: 6,\"8B37\",\"0A265185\",7     | 6  | false",
                "+CGREG: 2,1, 81ED, 1A9CEB            | 1  | true",
                "+CREG: 2,11,003F,8FE3, B, C2816      | 11 | true",
                "+CREG: 2,1, 0 5, 2715                | 1  | true",
                "+CGREG:002,0011,\"0f0d\",\"14c3\"    | 11 | true",
                "+CEREG: 2,10, 2CA8, 20 ,B5583D ,7    | 10 | true",
                "+CEREG: 1, 2, 0001, 00000100, 7      | 2  | true",
                "+CEREG: 2, 0001, 00000100, 7         | 2  | false",
                "+CEREG: 1, 1F00, 20 ,79D903 ,7       | 1  | false",
                "+CGREG: 2, 1, \"0426\", \"F00F\"     | 1  | true",
                "+C5GREG: 1,1F00,79D903,11,6,ABCDEF   | 1  | false",
                "+C5GREG: 2,1,1F00,79D903,11,6,ABCDEF | 1  | true",
            })
    void readsTheStateOfEveryShape(String line, int stat, boolean solicited) {
        assertThat(RegistrationLine.parse(line)).hasValueSatisfying(read -> {
            assertThat(read.stat()).isEqualTo(stat);
            assertThat(read.solicited()).isEqualTo(solicited);
        });
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/at/modemmanager-registration.txt", delimiter = '|', quoteCharacter = '\'')
    void readsTheStateOfEveryRecordedLine(String line, int stat) {
        assertThat(RegistrationLine.parse(line))
                .hasValueSatisfying(read -> assertThat(read.stat()).isEqualTo(stat));
    }

    @Test
    void leavesOtherLinesAlone() {
        assertThat(RegistrationLine.parse("+CREG: (0,1,2)")).isEmpty();
        assertThat(RegistrationLine.parse("+CREGX: 1")).isEmpty();
        assertThat(RegistrationLine.parse("OK")).isEmpty();
    }
}
