package io.packhouse.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which classes may know which. It lives in the last module because all others are on its
 * classpath; maven-enforcer holds the same arrows between the modules' dependencies.
 */
class ArrowsTest {
  private static final String SPI = "io.packhouse.spi..";
  private static final String PLUGINS = "io.packhouse.plugins..";
  private static final String EXTRACTION = "io.packhouse.extraction..";
  private static final String ENGINE = "io.packhouse.engine..";
  private static final String SQL = "io.packhouse.sql..";
  private static final String SERVER = "io.packhouse.server..";
  private static final String CLIENT = "io.packhouse.client..";
  private static final String BENCHMARKS = "io.packhouse.benchmarks..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.packhouse");

  static Stream<ArchRule> arrows() {
    return Stream.of(
        never(SPI, PLUGINS, EXTRACTION, ENGINE, SERVER, CLIENT, BENCHMARKS),
        never(PLUGINS, EXTRACTION, ENGINE, SERVER, CLIENT, BENCHMARKS),
        never(EXTRACTION, PLUGINS, ENGINE, SERVER, CLIENT, BENCHMARKS),
        never(ENGINE, PLUGINS, EXTRACTION, SQL, SERVER, CLIENT, BENCHMARKS),
        never(SQL, PLUGINS, EXTRACTION, SERVER, CLIENT, BENCHMARKS, "io.grpc..", "picocli.."),
        never(SERVER, PLUGINS, CLIENT, BENCHMARKS),
        never(CLIENT, BENCHMARKS),
        onlyJdkAnd(SPI),
        onlyJdkAnd(PLUGINS, SPI, "com.fasterxml.jackson..", "org.snakeyaml.engine.."),
        // The engine is a library: no transport, no command line, no configuration, no logging
        // backend.
        never(
            ENGINE,
            "io.grpc..",
            "com.google.protobuf..",
            "org.apache.arrow.flight..",
            "picocli..",
            "io.netty..",
            "org.slf4j..",
            "java.util.logging..",
            "ch.qos.logback..",
            "com.fasterxml.jackson.dataformat.."),
        never("io.packhouse.engine.pack..", "io.packhouse.engine.read.."),
        never("io.packhouse.engine.read..", "io.packhouse.engine.pack.."),
        // Layouts and constants only, so that they can be read beside FORMAT.md.
        never(
            "io.packhouse.engine.format..",
            "io.packhouse.engine.pack..",
            "io.packhouse.engine.read..",
            "io.packhouse.engine.memory.."));
  }

  @ParameterizedTest
  @MethodSource("arrows")
  void arrowHolds(ArchRule arrow) {
    arrow.allowEmptyShould(true).check(CLASSES);
  }

  @Test
  void packagesOfTheEngineHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.packhouse.engine.(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /** Guards against rules that hold because nothing was imported. */
  @Test
  void everyModuleIsLookedAt() {
    assertThat(CLASSES)
        .extracting(JavaClass::getPackageName)
        .anyMatch(name -> name.startsWith("io.packhouse.spi"))
        .anyMatch(name -> name.startsWith("io.packhouse.plugins"))
        .anyMatch(name -> name.startsWith("io.packhouse.extraction"))
        .anyMatch(name -> name.startsWith("io.packhouse.engine"))
        .anyMatch(name -> name.startsWith("io.packhouse.client"));
  }

  private static ArchRule never(String from, String... to) {
    return noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to);
  }

  private static ArchRule onlyJdkAnd(String from, String... others) {
    String[] allowed =
        Stream.concat(
                Stream.of(
                    from,
                    "java..",
                    "javax.security.auth.x500..",
                    "javax.xml..",
                    "org.w3c.dom..",
                    "org.xml.sax..",
                    "org.jspecify.."),
                Arrays.stream(others))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(allowed);
  }
}
