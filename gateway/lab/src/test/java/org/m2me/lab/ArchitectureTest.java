// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The M2ME authors

package org.m2me.lab;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import org.m2me.protocol.crypto.SecretBytes;

/** The walls between the parts that the compiler does not hold. */
@AnalyzeClasses(packages = "org.m2me", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROLES = "org.m2me.operators.";
    private static final Set<String> ROLE_PACKAGES = Set.of(
            "ro.icf", "ro.drf", "ro.dpf", "vno", "n3gicp", "sho", "pva", "ivf", "supplier", "subscriber", "regulator");

    private static final SliceAssignment BY_ROLE = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return name.startsWith(ROLES) && ROLE_PACKAGES.contains(name.substring(ROLES.length()))
                    ? SliceIdentifier.of(name)
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "the roles";
        }
    };

    private static final DescribedPredicate<JavaClass> HAS_MAIN = new DescribedPredicate<>("has a main method") {
        @Override
        public boolean test(JavaClass type) {
            return type.tryGetMethod("main", String[].class).isPresent();
        }
    };

    @ArchTest
    static final ArchRule rolesDoNotImportOneAnother =
            slices().assignedFrom(BY_ROLE).should().notDependOnEachOther();

    @ArchTest
    static final ArchRule californiumIsSeenInOnePackageOnEachSide = noClasses()
            .that(not(resideInAPackage("org.m2me.bridge.coap..")).and(not(resideInAPackage("org.m2me.agent.coap.."))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.californium..");

    @ArchTest
    static final ArchRule jettyIsSeenInOnePackage = noClasses()
            .that(not(resideInAPackage("org.m2me.operators.http..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.jetty..");

    @ArchTest
    static final ArchRule joseIsSeenInOnePackage = noClasses()
            .that(not(resideInAPackage("org.m2me.operators.ivf.alone..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.nimbusds..");

    @ArchTest
    static final ArchRule theDatabaseDriverIsSeenInOnePackage = noClasses()
            .that(not(resideInAPackage("org.m2me.operators.store..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.sqlite..");

    @ArchTest
    static final ArchRule sqlIsSpokenByTheOperatorsOnly = noClasses()
            .that(not(resideInAPackage("org.m2me.operators..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.sql..");

    @ArchTest
    static final ArchRule theAgentDoesNotSeeInsideTheTrustedEnvironment = noClasses()
            .that(resideInAPackage("org.m2me.agent.."))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.m2me.tre..");

    @ArchTest
    static final ArchRule noProviderIsInstalledForBouncyCastle =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.bouncycastle.jce.provider..");

    @ArchTest
    static final ArchRule onlyMainReadsTheClock = noClasses()
            .that(not(HAS_MAIN))
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone");

    @ArchTest
    static final ArchRule onlyMainMakesRandomness =
            noClasses().that(not(HAS_MAIN)).should().callConstructor(SecureRandom.class);

    /** Records hand secrets over; the AKA functions borrow those of the key that made them. */
    @ArchTest
    static final ArchRule whoeverKeepsASecretClosesIt = fields().that()
            .haveRawType(SecretBytes.class)
            .and()
            .areDeclaredInClassesThat()
            .areNotRecords()
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage("org.m2me.protocol.aka")
            .should()
            .beDeclaredInClassesThat(assignableTo(AutoCloseable.class));
}
