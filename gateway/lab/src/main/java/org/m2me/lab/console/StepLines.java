// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab.console;

import java.time.Duration;
import java.util.Locale;
import org.m2me.lab.console.Terminal.Style;
import org.m2me.lab.trace.DeviceTrace;
import org.m2me.protocol.message.ResultCode;
import org.m2me.protocol.step.Step;
import org.m2me.protocol.step.StepEvent;

/** One device's procedure as lines: the specification's number and words, who to whom, what was carried, bytes, time. */
public final class StepLines {
    private static final int WORDS = 66;

    private final Terminal terminal;

    public StepLines(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The names of the columns. */
    public void heading() {
        terminal.line(terminal.styled(
                Style.HEADING,
                String.format(
                        Locale.ROOT,
                        "%4s  %-21s %-" + WORDS + "s %8s %8s %8s",
                        "step",
                        "who → whom",
                        "what",
                        "out B",
                        "in B",
                        "ms")));
    }

    /** One step; a second line says what it carried. */
    public void show(DeviceTrace trace, StepEvent event) {
        Step step = event.step();
        int number = trace.procedure().number(step).orElseThrow();
        boolean taken = event.code() == ResultCode.OK;
        terminal.line(terminal.styled(taken ? Style.GOOD : Style.BAD, String.format(Locale.ROOT, "%4d", number))
                + String.format(
                        Locale.ROOT,
                        "  %-21s %-" + WORDS + "s %8s %8s %8s",
                        step.from().label() + " → " + step.to().label(),
                        step.words(),
                        count(event.bytesOut()),
                        count(event.bytesIn()),
                        millis(trace.lasted(event))));
        if (!taken) {
            terminal.line(terminal.styled(Style.BAD, "      refused: " + event.code() + ": " + event.carried()));
            terminal.line("      left behind: " + leftBehind(step));
        } else if (!event.carried().isEmpty()) {
            terminal.line(terminal.styled(Style.FAINT, "      " + event.carried()));
        }
    }

    private static String leftBehind(Step step) {
        return switch (step.onFailure()) {
            case RETRY_LATER -> "nothing was taken; the device starts again from step 1 after a delay";
            case GIVE_UP -> "nothing was taken; the device waits until somebody changes something";
            case REPEAT_STEP -> "the registration is closed, the device is pristine and keeps its PCID";
            case REPORT_AGAIN -> "the MCIM is in place; only the report is owed";
        };
    }

    private static String count(int bytes) {
        return bytes > 0 ? Integer.toString(bytes) : "";
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
