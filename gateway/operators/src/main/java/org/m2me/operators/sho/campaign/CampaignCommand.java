// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.operators.sho.campaign;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.m2me.operators.Campaigns;
import org.m2me.operators.Campaigns.Limits;
import org.m2me.operators.Campaigns.Plan;
import org.m2me.operators.Campaigns.State;
import org.m2me.operators.Campaigns.Status;
import org.m2me.operators.Campaigns.Window;
import org.m2me.operators.Subscriber;
import org.m2me.operators.Unavailable;
import org.m2me.operators.command.Arguments;
import org.m2me.operators.command.Unusable;
import org.m2me.protocol.identity.Plmn;
import org.m2me.protocol.message.Refused;
import org.m2me.protocol.step.Procedure;

/** The command by which an operator's staff has fleets change to it, and a fleet's owner agrees to that. */
public final class CampaignCommand {
    private static final int WELL = 0;
    private static final int NOT_WELL = 1;
    private static final int UNUSABLE = 2;

    private static final String AT = "--at";
    private static final String OPERATOR = "--operator";
    private static final String SUBSCRIBER = "--subscriber";
    private static final String PROCEDURE = "--procedure";
    private static final String DEVICES = "--devices";
    private static final String WINDOW = "--window";
    private static final String DEVICE_TIME = "--device-time";
    private static final String WAIT = "--wait";
    private static final String USAGE = """
            Has a fleet change to an operator as one of its campaigns.

            campaign start NAME --devices FILE --subscriber NAME [LIMITS] ROLE   begins one
            campaign dry-run NAME --devices FILE --subscriber NAME ROLE          who would need the PVA; orders nothing
            campaign list ROLE                                                   the newest 100
            campaign show NAME [--wait] ROLE                                     how it stands; or until it does not run
            campaign pause|resume|cancel NAME ROLE
            campaign export NAME FILE.csv ROLE                                   each device's outcome, into a new file
            campaign agree --devices FILE --subscriber NAME ROLE                 the owner's, beforehand, at the subscriber

            ROLE:
              --at https://HOST:PORT  the operator's SHO; of agree, the subscriber
              --operator MCC-MNC      the operator
              --anchors FILE          certificate (PEM) of the authority that certified the role
              --certificate FILE      with which to call it (PEM)
              --key FILE              its key (PEM, PKCS #8)

            Of start, dry-run and agree:
              --devices FILE          a UEID in each line, or CSV with a column 'device'; taken whole or not at all
              --subscriber NAME       the owner, as in contracts
              --procedure NAME        CHANGE (if not given), PRISTINE or ADD

            LIMITS:
              --wave N                devices of a wave; the next one begins when this one is over (500)
              --failures PERCENT      share of failures at which it stops (5)
              --device-time TIME      that a device may take (PT24H)
              --tries N               orders to one device (2)
              --under-way N           devices ordered and not over, of all campaigns (200)
              --starts N              orders a minute, of all campaigns (120)
              --validations N         of these, to devices that need the PVA, at least 1 (10)
              --window FROM-UNTIL     of each day, UTC: 22:00-04:00

            Exit status 0: done, and of show, runs or is done; 1: refused, and of show, stopped, cancelled or some
            devices not done; 2: nothing could be done.
            """;

    /** Limits that are numbers, with what they are when nobody says. */
    private enum Amount {
        WAVE("--wave", 500),
        FAILURES("--failures", 5),
        TRIES("--tries", 2),
        UNDER_WAY("--under-way", 200),
        STARTS("--starts", 120),
        VALIDATIONS("--validations", 10);

        private final String flag;
        private final int usual;

        Amount(String flag, int usual) {
            this.flag = flag;
            this.usual = usual;
        }

        private String flag() {
            return flag;
        }
    }

    private static final Set<String> OPTIONS = Stream.concat(
                    Stream.of(
                            AT,
                            "--anchors",
                            "--certificate",
                            "--key",
                            OPERATOR,
                            SUBSCRIBER,
                            PROCEDURE,
                            DEVICES,
                            WINDOW,
                            DEVICE_TIME),
                    Arrays.stream(Amount.values()).map(Amount::flag))
            .collect(Collectors.toUnmodifiableSet());

    private static final Duration LOOK = Duration.ofSeconds(1); // the engine looks as often

    private final Arguments arguments;
    private final String name;
    private final PrintStream out;
    private final Pause pause;

    private CampaignCommand(Arguments arguments, PrintStream out, Pause pause) {
        this.arguments = arguments;
        this.name = arguments.rest().size() > 1 ? arguments.rest().get(1) : "";
        this.out = out;
        this.pause = pause;
    }

    /** Between two looks at a campaign that runs. */
    @FunctionalInterface
    interface Pause {
        void pass() throws InterruptedException;
    }

    public static void main(String... words) {
        System.exit(run(words, System.out, System.err, () -> TimeUnit.MILLISECONDS.sleep(LOOK.toMillis())));
    }

    /** The command, with its exit status. */
    static int run(String[] words, PrintStream out, PrintStream err, Pause pause) {
        if (Arguments.askForHelp(words)) {
            out.print(USAGE);
            return WELL;
        }
        try {
            Arguments arguments = Arguments.parse(OPTIONS, Set.of(WAIT), words);
            return new CampaignCommand(arguments, out, pause).run();
        } catch (Refused refused) {
            err.println("campaign: refused: " + refused.code() + ": "
                    + refused.code().words());
            return NOT_WELL;
        } catch (Unusable | IOException | Unavailable failed) {
            err.println("campaign: " + failed.getMessage());
            return UNUSABLE;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return UNUSABLE;
        }
    }

    private int run() throws Unusable, IOException, Refused, InterruptedException {
        List<String> words = arguments.rest();
        if (words.isEmpty()) {
            throw new Unusable("wants an action; see --help");
        }
        String action = words.get(0);
        int names = switch (action) {
            case "list", "agree" -> 0;
            case "start", "dry-run", "show", "pause", "resume", "cancel" -> 1;
            case "export" -> 2;
            default -> throw new Unusable(action + ": no such action; see --help");
        };
        if (words.size() != names + 1) {
            throw new Unusable(action + ": wants " + names + (names == 1 ? " word" : " words") + " after it, has "
                    + (words.size() - 1));
        }
        return switch (action) {
            case "start" -> start();
            case "dry-run" -> say(CampaignReport.forecast(campaigns().forecast(plan())));
            case "list" -> say(CampaignReport.list(campaigns().campaigns()));
            case "show" -> show();
            case "pause", "resume", "cancel" -> move(action);
            case "export" -> export(Path.of(words.get(2)));
            default -> agree();
        };
    }

    private int say(String text) {
        out.print(text);
        return WELL;
    }

    private int start() throws Unusable, IOException, Refused {
        Campaigns campaigns = campaigns();
        campaigns.begin(plan());
        return say(CampaignReport.table(campaigns.status(name)));
    }

    private int move(String action) throws Unusable, IOException, Refused {
        Campaigns campaigns = campaigns();
        switch (action) {
            case "pause" -> campaigns.pause(name);
            case "resume" -> campaigns.resume(name);
            default -> campaigns.cancel(name);
        }
        return say(CampaignReport.table(campaigns.status(name)));
    }

    private int show() throws Unusable, IOException, Refused, InterruptedException {
        Campaigns campaigns = campaigns();
        Status status = campaigns.status(name);
        out.print(CampaignReport.table(status));
        while (arguments.has(WAIT) && status.state() == State.RUNNING) {
            pause.pass();
            Status before = status;
            status = campaigns.status(name);
            if (!status.equals(before)) {
                out.print(CampaignReport.table(status));
            }
        }
        return CampaignReport.isWell(status) ? WELL : NOT_WELL;
    }

    private int export(Path file) throws Unusable, IOException, Refused {
        int devices = CampaignReport.export(campaigns(), name, file);
        return say(file + ": " + devices + " devices\n");
    }

    private int agree() throws Unusable, IOException, Refused {
        var devices = DeviceFile.read(arguments.path(DEVICES));
        String owner = "subscriber." + arguments.value(SUBSCRIBER);
        arguments
                .client()
                .of(Subscriber.class, owner, Arguments.address(arguments.value(AT)))
                .agree(new Subscriber.Agreement(operator(), procedure(), devices));
        return say(owner + " agrees that " + devices.size() + " devices go to " + operator() + " by " + procedure()
                + "\n");
    }

    private Campaigns campaigns() throws Unusable, IOException {
        return arguments.client().of(Campaigns.class, "sho." + operator(), Arguments.address(arguments.value(AT)));
    }

    private Plan plan() throws Unusable, IOException {
        var devices = DeviceFile.read(arguments.path(DEVICES));
        try {
            return new Plan(name, arguments.value(SUBSCRIBER), procedure(), devices, limits(), window());
        } catch (IllegalArgumentException wrong) {
            throw new Unusable("plan: " + wrong.getMessage());
        }
    }

    private Limits limits() throws Unusable {
        return new Limits(
                number(Amount.WAVE),
                number(Amount.FAILURES),
                deviceSeconds(),
                number(Amount.TRIES),
                number(Amount.UNDER_WAY),
                number(Amount.STARTS),
                number(Amount.VALIDATIONS));
    }

    private int number(Amount which) throws Unusable {
        Optional<String> text = arguments.find(which.flag());
        try {
            return text.isPresent() ? Integer.parseInt(text.get()) : which.usual;
        } catch (NumberFormatException wrong) {
            throw new Unusable(which.flag() + " " + text.orElseThrow() + ": is no number");
        }
    }

    private int deviceSeconds() throws Unusable {
        String text = arguments.find(DEVICE_TIME).orElse("PT24H");
        try {
            return Math.toIntExact(Duration.parse(text).toSeconds());
        } catch (DateTimeException | ArithmeticException wrong) {
            throw new Unusable(DEVICE_TIME + " " + text + ": wants a time like PT24H or PT90M");
        }
    }

    private Optional<Window> window() throws Unusable {
        Optional<String> text = arguments.find(WINDOW);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] times = text.get().split("-", -1);
        try {
            if (times.length == 2) {
                return Optional.of(new Window(minute(times[0]), minute(times[1])));
            }
        } catch (DateTimeException wrong) {
            throw badWindow(text.get());
        }
        throw badWindow(text.get());
    }

    private static Unusable badWindow(String text) {
        return new Unusable(WINDOW + " " + text + ": wants two times like 22:00-04:00");
    }

    private static int minute(String time) {
        return LocalTime.parse(time).get(ChronoField.MINUTE_OF_DAY);
    }

    private Plmn operator() throws Unusable {
        try {
            return Plmn.parse(arguments.value(OPERATOR));
        } catch (IllegalArgumentException wrong) {
            throw new Unusable(OPERATOR + ": " + wrong.getMessage());
        }
    }

    private Procedure procedure() throws Unusable {
        String text = arguments.find(PROCEDURE).orElse(Procedure.CHANGE.name());
        try {
            return Procedure.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException wrong) {
            throw new Unusable(PROCEDURE + " " + text + ": wants CHANGE, PRISTINE or ADD");
        }
    }
}
