package io.packhouse.sql.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Examples are those of the ecosystems' own documentation, where it has some. */
class RequirementTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "npm; ^1.2.3; 1.2.3 1.9.0; 1.2.2 2.0.0 2.0.0-rc.1 1.3.0-beta",
        "npm; ^0.2.3; 0.2.3 0.2.9; 0.3.0 0.2.2",
        "npm; ^0.0.3; 0.0.3; 0.0.4",
        "npm; ^1.2.3-beta.2; 1.2.3-beta.4 1.2.3 1.4.0; 1.2.4-beta.2",
        "npm; ~1.2.3; 1.2.3 1.2.9; 1.3.0",
        "npm; ~1.2; 1.2.0 1.2.9; 1.3.0",
        "npm; ~1; 1.0.0 1.9.9; 2.0.0",
        "npm; 1.2.x; 1.2.0 1.2.9; 1.3.0",
        "npm; 1.2; 1.2.0 1.2.9; 1.3.0",
        "npm; *; 0.0.1 9.0.0; 1.0.0-a",
        "npm; ''; 0.0.1 9.0.0; 1.0.0-a",
        "npm; 1.2.3 - 2.3; 1.2.3 2.3.9; 1.2.2 2.4.0",
        "npm; >=1.2.9 <2.0.0; 1.2.9 1.9.0; 2.0.0 1.2.8",
        "npm; >= 1.2 < 2; 1.2.0 1.9.0; 2.0.0 1.1.9",
        "npm; >1.2; 1.3.0; 1.2.9",
        "npm; <=1.2; 1.2.9; 1.3.0",
        "npm; '<1.0.0 || >=2.3.1 <2.4.5'; 0.9.0 2.3.1; 1.0.0 2.4.5",
        "npm; =1.2.3; 1.2.3; 1.2.4",
        "cargo; 1.2.3; 1.2.3 1.9.0; 1.2.2 2.0.0",
        "cargo; 0.2; 0.2.0 0.2.9; 0.3.0",
        "cargo; '>=1.2, <1.5'; 1.2.0 1.4.9; 1.5.0",
        "cargo; =1.2.3; 1.2.3; 1.2.4",
        "cargo; 1.*; 1.9.0; 2.0.0",
        "pub; ^1.2.3; 1.2.3; 2.0.0",
        "pub; any; 1.0.0; 1.0.0-dev",
        "pypi; ~=1.4.5; 1.4.5 1.4.9; 1.5 1.4.4 1.5.dev0",
        "pypi; ~=2.2; 2.2 2.9; 3.0 2.1",
        "pypi; '>=1,<2'; 1.0 1.9.post1; 2 1.5rc1",
        "pypi; '>=1.0rc1'; 1.0rc2 1.0 2.0; 1.0b1",
        "pypi; ==1.1.*; 1.1 1.1.9; 1.2",
        "pypi; '!=1.1.*,>=1'; 1.0 1.2; 1.1 1.1.3",
        "pypi; (==1.1); 1.1 1.1.0; 1.1.1",
        "gem; ~> 1.2.3; 1.2.3 1.2.9; 1.3 1.3.0.pre 1.2.2",
        "gem; ~> 1.2; 1.2 1.9; 2.0 2.0.a",
        "gem; '>= 1.0, < 2'; 1.0 1.9; 2 0.9",
        "gem; '!= 1.5'; 1.4; 1.5",
        "hex; ~> 1.2; 1.2.0 1.9.0; 2.0.0",
        "hex; ~> 1.2.3; 1.2.3 1.2.9; 1.3.0",
        "hex; '>= 1.0.0 and < 2.0.0 or == 3.0.0'; 1.5.0 3.0.0; 2.0.0",
        "composer; ^1.2; 1.2.0 1.9; 2.0 2.0.0-RC1",
        "composer; ~1.2; 1.2.0 1.9; 2.0",
        "composer; ~1.2.3; 1.2.3 1.2.9; 1.3",
        "composer; '^1.0|^3.0'; 1.1 3.1; 2.0",
        "composer; 1.0.*; 1.0.5; 1.1",
        "maven; '[1.0,2.0)'; 1.0 1.9; 2.0 0.9",
        "maven; '(,1.0],[1.2,)'; 1.0 1.2 9; 1.1",
        "maven; '[1.5]'; 1.5; 1.5.1",
        "maven; '(1.0,)'; 1.1; 1.0",
        "nuget; 1.0; 1.0 2.0; 0.9",
        "nuget; '[1.0, 2.0)'; 1.5; 2.0",
        "deb; >= 1.2; 1.2-1 1:0.1; 1.1",
        "deb; << 2.0; 1.9; 2.0",
        "rpm; = 1.2-3; 1.2-3; 1.2-4",
      })
  void whatIsInAndWhatIsNot(String type, String requirement, String in, String out) {
    Requirement required = Requirement.parse(type, requirement).orElseThrow();
    assertThat(words(in)).allMatch(version -> required.highest(List.of(version)) == 0);
    assertThat(words(out)).allMatch(version -> required.highest(List.of(version)) < 0);
    List<String> all = new ArrayList<>(words(in));
    all.addAll(words(out));
    all.sort(Versions.order(type));
    assertThat(words(in)).contains(all.get(required.highest(all)));
    assertThat(all.subList(required.highest(all) + 1, all.size()))
        .allMatch(version -> words(out).contains(version));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "npm; ^1.2.0; 1.999.0",
        "npm; '<1.0.0 || >=3.0.0 <4.0.0 || >=9.0.0'; 3.999.0",
        "npm; 5.0.0;",
        "npm; >=4.0.0; 4.999.0",
        "maven; 5.0.0;",
        "maven; '(,1.500.0),(1.500.0,2)'; 1.999.0",
        "maven; '[2.0,2.500.0)'; 2.499.0",
        "gem; '!= 4.999.0, < 5'; 4.998.0",
      })
  void ofManyVersionsFewAreLookedAt(String type, String requirement, @Nullable String highest) {
    int[] looks = {0};
    List<String> versions =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            looks[0]++;
            return (1 + index / 1_000) + "." + index % 1_000 + ".0";
          }

          @Override
          public int size() {
            return 4_000;
          }
        };
    int found = Requirement.parse(type, requirement).orElseThrow().highest(versions);
    assertThat(found < 0 ? null : versions.get(found)).isEqualTo(highest);
    assertThat(looks[0]).isLessThan(100);
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "latest",
        "git+https://example.org/x.git",
        "github:a/b",
        "npm:other@^1",
        "workspace:*",
        "file:../x",
        "^",
        "1.2.3.4.5.6.x.y",
        ">=1 <2 and",
        "^99999999999999999999"
      })
  void whatIsNoRangeIsNotUnderstood(String requirement) {
    assertThat(Requirement.parse("npm", requirement)).isEmpty();
  }

  @Test
  void othersAreNotUnderstood() {
    assertThat(Requirement.parse("composer", "dev-main")).isEmpty();
    assertThat(Requirement.parse("maven", "[1.0")).isEmpty();
    assertThat(Requirement.parse("maven", "[1.0,2.0)x")).isEmpty();
    assertThat(Requirement.parse("generic", "1.0")).isEmpty();
    assertThat(Requirement.parse("conda", "1.2.*")).isEmpty();
    assertThat(Requirement.parse("npm", ">1 ".repeat(100))).isEmpty();
    assertThat(Requirement.parse("npm", "1".repeat(2_000))).isEmpty();
  }
}
