package io.packhouse.sql.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionRangeTest {
  private static boolean in(String ecosystem, String version, String range) {
    return VersionRange.parse(ecosystem, range).contains(version);
  }

  /** The first eleven are those of package-url/vers-spec, tests/*_range_containment_test.json. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "npm; 1.0.0; vers:npm/*; true",
        "pypi; 1.0.0; vers:pypi/<=1.3.0|3.0.0; true",
        "pypi; 0.0.3; vers:pypi/>0.0.2; true",
        "pypi; 0.0.0.1; vers:pypi/<0.0.2; true",
        "pypi; 1.5; vers:pypi/>=1.0.0|<=2.0.0; true",
        "pypi; 2.0.3; vers:pypi/>=3.0.0|2.0.3; true",
        "pypi; 2.0.3; vers:pypi/>=1.0.0|<=2.0.0; false",
        "pypi; 0.0.9; vers:pypi/>=1.0.0|<=2.0.0; false",
        "pypi; 2.0.3; vers:pypi/>=3.0.0|!=2.0.3; false",
        "pypi; 1.5; vers:pypi/<=1.0.0|>=2.0.0; false",
        "pypi; 2.0.3; vers:pypi/0.0.2|0.0.6|>=3.0.0|0.0.1|0.0.4|0.0.5|0.0.3; false",
        "maven; 2.14.1; vers:maven/>=1.0|<2.17; true",
        "maven; 2.17.0; vers:maven/>=1.0|<2.17; false",
        "maven; 2.17.0; >=2.0-beta9, <2.3.1, >=2.4, <2.12.2, >=2.13.0, <2.15.0; false",
        "maven; 2.14.1; >=2.0-beta9, <2.3.1, >=2.4, <2.12.2, >=2.13.0, <2.15.0; true",
        "maven; 2.3.2; >=2.0-beta9, <2.3.1, >=2.4, <2.12.2, >=2.13.0, <2.15.0; false",
        "maven; 1.2.17; >=2.0-beta9, <2.3.1, >=2.4, <2.12.2, >=2.13.0, <2.15.0; false",
        "maven; 1.0.0; 1; true",
        "maven; 1.5; <2,>=1; true",
        "npm; 1.5.0; >=1|!=1.5.0|<2; false",
        "npm; 1.5.1; >=1|!=1.5.0|<2; true",
        "npm; 3.0.0; !=1.5.0; true",
        "npm; 1.5.0; !=1.5.0; false",
        "npm; 3.0.0; =3.0.0|!=1.5.0; true",
        "npm; 4.0.0; =3.0.0|!=1.5.0; false",
        "npm; 0.0.0-rc; >=0|<1; true",
        "npm; latest; >=0|<1; true",
        "npm; latest; >=0.0.1|<1; false",
        "npm; latest; *; true",
        "npm; 1.0.0; vers:all/*; true",
        "npm; 1.0.0; vers:none/*; false",
        "npm; 1.0.0; vers:maven/<2; false",
        "Debian:12; 1:1.0-2; vers:deb/<1:1.0-3; true",
        "deb; 1.0~rc1; <1.0; true",
        "generic; 1|2; vers:generic/1%7C2; true",
        "golang; v1.2.3+incompatible; >=1.2.3; true",
      })
  void aVersionIsInARangeOrNot(String ecosystem, String version, String range, boolean expected) {
    assertThat(in(ecosystem, version, range)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "npm; \"\"; a constraint has no version",
        "npm; >=1||<2; a constraint has no version",
        "npm; >=1|; a constraint has no version",
        "npm; <; a constraint has no version",
        "npm; >=1|*; '*' is not a version of npm",
        "npm; <latest; 'latest' is not a version of npm",
        "npm; >=1.0.0 <2.0.0; '1.0.0 <2.0.0' is not a version of npm",
        "npm; ^1.2.0; '^1.2.0' is not a version of npm",
        "maven; [1.0]; '[1.0]' is not a version of maven",
        "maven; ==1.0; '=1.0' is not a version of maven",
        "npm; >=1|>=2; '>=1' and '>=2' bound it on the same side",
        "npm; <1|<2; '<1' and '<2' bound it on the same side",
        "npm; >=1|<=1.0.0; '>=1' and '<=1.0.0' are of one version",
        "npm; vers:npm; a VERS is vers:TYPE/CONSTRAINT",
        "npm; vers:npm/; a constraint has no version",
        "npm; vers:npm/>=1.0.0| <2.0.0; a VERS is vers:TYPE/CONSTRAINT",
        "npm; vers:npm/|>=1.0.0|<2.0.0; a constraint has no version",
        "npm; vers:npm/>=1.0.0|<2.0.0|; a constraint has no version",
        "npm; vers:npm/>=1.0.0||<2.0.0; a constraint has no version",
        "npm; vers:npm/>=1.0.0,<2.0.0; '1.0.0,<2.0.0' is not a version of npm",
        "maven; vers:maven/1.0%2G0; wrong percent-encoding",
        "maven; vers:maven/1.0%7c0; wrong percent-encoding",
        "maven; vers:maven/1.0%310; wrong percent-encoding",
        "npm; vers:all/1; of vers:all there is only vers:all/*",
      })
  void whatIsNoRangeIsSaidWithTheReason(String ecosystem, String range, String reason) {
    assertThatThrownBy(() -> VersionRange.parse(ecosystem, range))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + range + "' is not a range of versions: ")
        .hasMessageContaining(reason);
  }

  @Test
  void aRangeHasManyVersionsButNotAnyNumberOfCharacters() {
    String range =
        IntStream.range(0, 4_000).mapToObj(i -> "1." + i).collect(Collectors.joining("|"));
    assertThat(in("maven", "1.3999", range)).isTrue();
    assertThat(in("maven", "1.4000", range)).isFalse();
    assertThatThrownBy(() -> VersionRange.parse("maven", range + "|" + "1".repeat(20_000)))
        .hasMessageContaining("at most 32768 characters");
  }
}
