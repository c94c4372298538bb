package io.packhouse.plugins.maven;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MavenLayoutTest {

  @ParameterizedTest
  @CsvSource({
    "org/a/lib/1.0/lib-1.0.jar, org.a, lib, 1.0, , ",
    "log4j/log4j/1.2.17/log4j-1.2.17.jar, log4j, log4j, 1.2.17, , ",
    "org/a/lib/1.0/lib-1.0-sources.jar, org.a, lib, 1.0, , sources",
    "org/a/lib/1.0/lib-1.0-jar-with-deps_2.13.jar, org.a, lib, 1.0, , jar-with-deps_2.13",
    "org/a/log4j-1.2-api/2.14.1/log4j-1.2-api-2.14.1.jar, org.a, log4j-1.2-api, 2.14.1, , ",
    "org/a/lib_2.13/1.0/lib_2.13-1.0.jar, org.a, lib_2.13, 1.0, , ",
    "org/a/a-b/1-2/a-b-1-2-3.jar, org.a, a-b, 1-2, , 3",
    "org/a/lib/1.0-SNAPSHOT/lib-1.0-SNAPSHOT.jar, org.a, lib, 1.0-SNAPSHOT, , ",
    "org/a/lib/1.0-SNAPSHOT/lib-1.0-SNAPSHOT-tests.jar, org.a, lib, 1.0-SNAPSHOT, , tests",
    "org/a/lib/1-SNAPSHOT/lib-1-20240102.030405-6.jar,"
        + " org.a, lib, 1-20240102.030405-6, 1-SNAPSHOT, ",
    "org/a/lib/1-SNAPSHOT/lib-1-20240102.030405-6-t-2.jar,"
        + " org.a, lib, 1-20240102.030405-6, 1-SNAPSHOT, t-2",
    "home/me/.m2/repository/org/a/lib/1.0/lib-1.0.jar, org.a, lib, 1.0, , ",
    "my.mirror/org/a/lib/1.0/lib-1.0.jar, org.a, lib, 1.0, , ",
    "a b/org/lib/1.0+b~1/lib-1.0+b~1.jar, org, lib, 1.0+b~1, , ",
  })
  void consistentPathsAreRead(
      String path,
      String group,
      String artifact,
      String version,
      String baseVersion,
      String classifier) {
    assertThat(MavenLayout.parse(path, "jar"))
        .isEqualTo(new MavenCoordinates(group, artifact, version, baseVersion, classifier, "jar"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lib-1.0.jar",
        "1.0/lib-1.0.jar",
        "lib/1.0/lib-1.0.jar",
        "/lib/1.0/lib-1.0.jar",
        "org/a/lib/1.0/other-1.0.jar",
        "org/a/lib/1.0/lib-1.1.jar",
        "org/a/lib/1.0/lib-1.0.1.jar",
        "org/a/lib/1.0/lib-1.0-.jar",
        "org/a/lib/1.0/lib-.jar",
        "org/a/lib/1.0/lib.jar",
        "org/a/lib/1.0/.jar",
        "org/a/lib/1.0/lib-1.0.pom",
        "org/a/lib/1.0-SNAPSHOT/lib-1.0-20240102.jar",
        "org/a/lib/1.0-SNAPSHOT/lib-1.jar",
        "org/a/lib/1.0-SNAPSHOT/lib-1.0.jar",
        "org/a/l b/1.0/l b-1.0.jar",
        "org/a/lib/${v}/lib-${v}.jar",
        "x.y/lib/1.0/lib-1.0.jar",
        "org//1.0/-1.0.jar",
        ".m2/repository/lib/1.0/lib-1.0.jar",
      })
  void otherPathsAreNot(String path) {
    assertThat(MavenLayout.parse(path, "jar")).isNull();
  }
}
