// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.agent;

import java.util.concurrent.Callable;
import org.m2me.agent.measure.Component;
import org.m2me.agent.measure.MeasuredFile;
import org.m2me.agent.measure.Measurement;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code agent measure}: what a supplier publishes as reference values, taken on a device known to be good. */
@Command(
        name = "measure",
        description = {
            "Measures the configured components and prints them: name, version, SHA-256, files, bytes,",
            "separated by tabs. Asks nobody and changes nothing."
        })
final class MeasureCommand implements Callable<Integer> {
    @Mixin
    private final AgentCommand.ConfigOption config = new AgentCommand.ConfigOption();

    @Option(names = "--files", description = "Prints each file below its component: SHA-256, bytes, path.")
    private boolean files;

    private final Machine machine;

    MeasureCommand(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Integer call() throws Exception {
        for (Component component : config.load(machine).components()) {
            Measurement found = component.measure();
            machine.out()
                    .println(String.join(
                            "\t",
                            found.component(),
                            found.version(),
                            found.digest().hex(),
                            Integer.toString(found.files().size()),
                            Long.toString(found.size())));
            if (files) {
                for (MeasuredFile file : found.files()) {
                    machine.out().println("\t" + file.sha256().hex() + "\t" + file.size() + "\t" + file.path());
                }
            }
        }
        return ExitCode.DONE.status();
    }
}
