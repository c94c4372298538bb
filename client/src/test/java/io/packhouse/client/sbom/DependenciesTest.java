package io.packhouse.client.sbom;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.sql.version.Requirement;
import io.packhouse.sql.version.VersionOrder;
import io.packhouse.sql.version.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DependenciesTest {
  private static final VersionOrder<?> MAVEN = Versions.order("maven");
  private static final String NAME = "pkg:maven/g/a";

  @Test
  void versionsAreInTheirOrderAndOfEqualOnesThatOfTheFirstPackageIsLast() throws Exception {
    try (Dependencies packages = new Dependencies(6)) {
      packages.add(0, NAME + "@1.10?type=pom");
      packages.add(1, NAME + "@1.2.0");
      packages.add(2, NAME + "@1.2%2B1");
      packages.add(3, NAME + "@1.2");
      packages.add(4, NAME + "@1.10");
      packages.add(5, "pkg:maven/g/b@7");
      for (int again = 0; again < 2; again++) {
        Dependencies.Versions versions = packages.versions(NAME, MAVEN);
        assertThat(versions).containsExactly("1.2", "1.2.0", "1.2+1", "1.10");
        assertThat(List.of(versions.ordinal(0), versions.ordinal(1), versions.ordinal(3)))
            .containsExactly(3, 1, 4);
      }
      assertThat(packages.versions("pkg:maven/g/c", MAVEN)).isEmpty();
    }
  }

  @Test
  void ofTooManyVersionsOrOneThatIsTooLongNoneIsTold() throws Exception {
    int most = Dependencies.MOST_VERSIONS;
    try (Dependencies packages = new Dependencies(2L * most + 2)) {
      for (int i = 0; i < 2 * most; i++) {
        packages.add(i, (i < most ? "pkg:maven/g/many@" : "pkg:maven/g/most@") + i);
        // The same again is no further one.
        packages.add(i, "pkg:maven/g/most@" + (2 * most - 1));
      }
      packages.add(2 * most, "pkg:maven/g/long@" + "1".repeat(500));
      packages.add(2 * most + 1, "pkg:maven/g/long@1");
      assertThat(packages.versions("pkg:maven/g/many", MAVEN)).isEmpty();
      assertThat(packages.versions("pkg:maven/g/long", MAVEN)).isEmpty();
      assertThat(packages.find("pkg:maven/g/many@7")).isEqualTo(7);
      assertThat(packages.find("pkg:maven/g/long@" + "1".repeat(500))).isEqualTo(2 * most);
    }
  }

  /** An archive says what it likes. */
  @Test
  void aUrlThatLooksLikeANameIsNone() throws Exception {
    try (Dependencies packages = new Dependencies(3)) {
      packages.add(0, "pkg:maven/g/b@1");
      packages.add(1, '@' + NAME);
      packages.add(2, NAME + "@1");
      assertThat(packages.versions(NAME, MAVEN)).containsExactly("1");
    }
  }

  /** By all of them, compared one by one. */
  @Test
  void whatMeetsARangeIsTheHighestThatIsInIt() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Map<String, Integer> first = new HashMap<>();
      try (Dependencies packages = new Dependencies(60)) {
        for (int i = 0; i < 60; i++) {
          String version =
              random.nextInt(3) + "." + random.nextInt(4) + (random.nextBoolean() ? ".0" : "");
          packages.add(i, NAME + '@' + version);
          first.putIfAbsent(version, i);
        }
        String from = random.nextInt(3) + "." + random.nextInt(5);
        String range = List.of("[%s,)", "(,%s)", "(,%s]", "(,%s),(%1$s,)", "%s").get(round % 5);
        String requirement = range.formatted(from);
        Requirement required = Requirement.parse("maven", requirement).orElseThrow();
        List<String> in = new ArrayList<>(first.keySet());
        in.removeIf(version -> required.highest(List.of(version)) < 0);
        in.sort(
            (a, b) -> {
              int compared = Versions.compare("maven", a, b);
              return compared != 0 ? compared : first.get(b) - first.get(a);
            });
        assertThat(new Meeting(packages).find(NAME, requirement).map(Meeting.Met::target))
            .as("seed=%d, %s of %s", seed, requirement, first)
            .isEqualTo(in.isEmpty() ? Optional.empty() : Optional.of(first.get(in.getLast())));
      }
    }
  }
}
