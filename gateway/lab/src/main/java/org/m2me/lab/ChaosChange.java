// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import java.util.Optional;
import org.m2me.lab.fault.Chaos;

/** What the owner orders its devices in a storm, in the words of the command line. */
enum ChaosChange {
    old,
    pristine,
    preloaded,
    /** One of these, as the seed decides for each device. */
    mixed,
    none;

    /** The way of one device. */
    Optional<ChangeWay> of(Chaos chaos, int device) {
        return switch (this) {
            case none -> Optional.empty();
            case mixed -> {
                ChangeWay[] ways = ChangeWay.values();
                yield Optional.of(ways[chaos.draw("way of device " + device, ways.length)]);
            }
            case old, pristine, preloaded -> Optional.of(ChangeWay.valueOf(name()));
        };
    }
}
