// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The comparison as a picture: a pair of bars for each measure, the longer one over the whole width. */
final class Drawing {
    private static final int WIDTH = 840;
    private static final int MARGIN = 24;
    private static final int LEFT = 104;
    private static final int BAR_WIDTH = 520;
    private static final int BAR_HEIGHT = 22;
    private static final int BAR_STEP = 28;
    private static final int GROUP_STEP = 104;
    private static final int TOP = 108;
    private static final int BASELINE = 16; // of a label, below the upper edge of its bar

    private static final String WITH = "#1b7f5c";
    private static final String WITHOUT = "#b5532b";
    private static final String MACHINE = "#d3d9e0";
    private static final String QUIET = "#5c6670";

    private final Comparison comparison;
    private final StringBuilder svg = new StringBuilder();
    private int y = TOP;

    private Drawing(Comparison comparison) {
        this.comparison = comparison;
    }

    /** One piece of a bar. */
    private record Piece(double value, String colour) {}

    /** What is compared. */
    private record Measure(String name, String form, ToDoubleFunction<Taken> value) {}

    static String of(Comparison comparison) {
        Drawing drawing = new Drawing(comparison);
        drawing.heading();
        drawing.plain(new Measure("integrity validations by the PVA, per device", "%.2f", Taken::validationsPerDevice));
        drawing.plain(new Measure("bytes on the air for validation, per device", "%.0f", Taken::validationBytes));
        drawing.plain(new Measure(
                "milliseconds of processor time while it judges, per device", "%.2f", Taken::judgingPerDevice));
        drawing.processor();
        drawing.plain(new Measure("the same without Java's compiler and collector", "%.2f", Taken::ownPerDevice));
        drawing.plain(new Measure("bytes on the air in all, per device", "%.0f", Taken::bytes));
        drawing.plain(new Measure("seconds from the first order to the last device", "%.0f", Taken::seconds));
        return drawing.whole();
    }

    private String whole() {
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\""
                        + " font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"14\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n%3$s</svg>%n",
                WIDTH,
                y,
                svg);
    }

    private void heading() {
        text(MARGIN, 36, "font-size=\"20\" font-weight=\"bold\"", "Mass change of operator, IVF on and off");
        text(
                MARGIN,
                62,
                "fill=\"" + QUIET + "\"",
                String.format(
                        Locale.ROOT,
                        "%,d devices, firmware of %d %% unchanged since the PVA validated them; mean of %d moves;"
                                + " shorter is better",
                        comparison.devices(),
                        100 - comparison.updated(),
                        comparison.on().moves().size()));
    }

    private void plain(Measure measure) {
        open(measure);
        bar(measure, comparison.on(), List.of(new Piece(comparison.on().of(measure.value), WITH)));
        bar(measure, comparison.off(), List.of(new Piece(comparison.off().of(measure.value), WITHOUT)));
        y += GROUP_STEP - 2 * BAR_STEP;
    }

    /** Its bars are in two pieces, and have a legend. */
    private void processor() {
        Measure measure = new Measure(
                "milliseconds of processor time of the PVA's process, per device", "%.2f", Taken::cpuPerDevice);
        open(measure);
        bar(measure, comparison.on(), pieces(comparison.on(), WITH));
        bar(measure, comparison.off(), pieces(comparison.off(), WITHOUT));
        int x = LEFT;
        x = legend(x, WITH, "");
        x = legend(x + 4, WITHOUT, "its own work");
        legend(x + 110, MACHINE, "Java's compiler and collector");
        y += GROUP_STEP - BAR_STEP;
    }

    private static List<Piece> pieces(Way one, String colour) {
        return List.of(
                new Piece(one.of(Taken::ownPerDevice), colour), new Piece(one.of(Taken::machinePerDevice), MACHINE));
    }

    private int legend(int x, String colour, String words) {
        rectangle(x, y + 4, 12, 12, colour);
        text(x + 18, y + 15, "font-size=\"12\" fill=\"" + QUIET + "\"", words);
        return x + 14;
    }

    private void open(Measure measure) {
        text(MARGIN, y, "font-weight=\"bold\"", measure.name);
        text(
                WIDTH - MARGIN,
                y,
                "text-anchor=\"end\" font-weight=\"bold\" fill=\"" + WITH + "\"",
                comparison.saved(measure.value));
        y += 12;
    }

    private void bar(Measure measure, Way one, List<Piece> pieces) {
        double longest =
                Math.max(comparison.on().of(measure.value), comparison.off().of(measure.value));
        text(LEFT - 10, y + BASELINE, "text-anchor=\"end\"", one.name());
        double x = LEFT;
        for (Piece piece : pieces) {
            double width = longest > 0 ? piece.value / longest * BAR_WIDTH : 0;
            rectangle(x, y, width, BAR_HEIGHT, piece.colour);
            x += width;
        }
        text(x + 8, y + BASELINE, "", String.format(Locale.ROOT, measure.form, one.of(measure.value)));
        y += BAR_STEP;
    }

    private void rectangle(double x, double top, double width, double height, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
                x,
                top,
                width,
                height,
                colour));
    }

    private void text(double x, double baseline, String attributes, String words) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>%n", x, baseline, attributes, words));
    }
}
