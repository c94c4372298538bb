package io.packhouse.sql.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionOrderTest {
  /**
   * Cases that ecosystems publish for their own tools, each file with its source: {@code a < b},
   * {@code a = b}, {@code a != b}, a valid version, {@code !} and one that is not.
   */
  @ParameterizedTest
  @CsvSource({
    "maven, maven.txt", "maven, maven-vers.txt", "pypi, pypi.txt", "deb, deb.txt", "rpm, rpm.txt",
    "apk, apk.txt", "apk, apk-vers.txt", "gem, gem.txt", "conda, conda.txt", "nuget, nuget.txt",
    "npm, npm.txt", "cargo, semver.txt", "npm, semver.txt", "hex, semver.txt", "golang, golang.txt",
    "composer, composer.txt", "pub, pub.txt"
  })
  void itsOwnToolsOrderThemSo(String ecosystem, String file) throws IOException {
    VersionOrder<?> order = Versions.order(ecosystem);
    List<String> wrong = new ArrayList<>();
    for (String line : lines(file)) {
      String[] words = line.split(" (?=[<=]|!=)|(?<= [<=]|!=) ", -1);
      boolean right;
      if (words.length == 3) {
        int ab = order.compare(words[0], words[2]);
        right =
            ab == -order.compare(words[2], words[0])
                && switch (words[1]) {
                  case "<" -> ab < 0;
                  case "=" -> ab == 0;
                  default -> ab != 0;
                };
      } else {
        right = line.startsWith("!") ? !order.isValid(line.substring(1)) : order.isValid(line);
      }
      if (!right) {
        wrong.add(line);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in = VersionOrderTest.class.getResourceAsStream(file)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "npm",
        "cargo",
        "golang",
        "pub",
        "nuget",
        "composer",
        "pypi",
        "gem",
        "conda",
        "deb",
        "rpm",
        "apk",
        "maven"
      })
  void theOrderIsTotalWhateverTheTexts(String ecosystem) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    VersionOrder<?> order = Versions.order(ecosystem);
    String[] pieces = {
      "0",
      "1",
      "2",
      "10",
      "09",
      ".",
      ".",
      ".",
      "-",
      "-",
      "+",
      "~",
      "^",
      ":",
      "_",
      "a",
      "b",
      "rc",
      "alpha",
      "dev",
      "post",
      "p",
      "SNAPSHOT",
      "v",
      "!",
      "é",
      " ",
      "-r",
      "x"
    };
    List<String> versions = new ArrayList<>(List.of("", "1", "1.0", "0"));
    for (int i = 0; i < 60; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "1." : "");
      for (int n = random.nextInt(7); n >= 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      versions.add(text.toString());
    }
    for (String a : versions) {
      for (String b : versions) {
        int ab = order.compare(a, b);
        assertThat(order.compare(b, a)).as("%s, %s; seed %s", a, b, seed).isEqualTo(-ab);
        // Maven's own order is not transitive where numbers follow words: 1-rc.10.1, 1,
        // 1.RELEASE.1.
        for (String c : ab <= 0 && !ecosystem.equals("maven") ? versions : List.<String>of()) {
          if (order.compare(b, c) <= 0 && order.compare(a, c) > 0) {
            throw new AssertionError(a + " <= " + b + " <= " + c + ", seed " + seed);
          }
        }
      }
    }
  }

  @Test
  void versionsThatAreNotValidComeFirstAsTexts() {
    List<String> versions = new ArrayList<>(List.of("1.0.0", "latest", "0.0.1-a", "", "next"));
    Collections.sort(versions, Versions.order("npm"));
    assertThat(versions).containsExactly("", "latest", "next", "0.0.1-a", "1.0.0");
  }

  @Test
  void ecosystemsHaveTheNamesOfPackageUrlsAndOfOsv() {
    assertThat(Versions.order("PyPI")).isSameAs(Versions.order("pypi"));
    assertThat(Versions.order("crates.io")).isSameAs(Versions.order("cargo"));
    assertThat(Versions.order("Debian:12")).isSameAs(Versions.order("deb"));
    assertThat(Versions.compare("widget", "1.9", "1.10-rc1")).isEqualTo(-1);
    assertThat(Versions.compare("widget", "1.10", "1.10-rc1")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "npm",
        "golang",
        "nuget",
        "composer",
        "pypi",
        "gem",
        "conda",
        "deb",
        "rpm",
        "apk",
        "maven"
      })
  void hostileVersionsAreComparedInLittleTime(String ecosystem) {
    for (String piece :
        List.of("1", "1.", "1-", "-", "a", "1a", "~", "^", "0", ".0", "+", "_p", "é")) {
      for (int length : List.of(100, 256, 1_000_000)) {
        String a = "1" + piece.repeat(length / piece.length() - 1);
        for (int i = 0; i < 3; i++) {
          assertThat(Versions.compare(ecosystem, a, a)).isZero();
          assertThat(Versions.compare(ecosystem, a, "1")).isBetween(-1, 1);
        }
      }
    }
  }
}
