package io.packhouse.plugins.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.spi.Dependency;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequirementTest {

  /** The tests at the end of PEP 508. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "A.B-C_D",
        "aa",
        "name",
        "name<=1",
        "name>=3",
        "name>=3,",
        "name>=3,<2",
        "name@http://foo.com",
        "name [fred,bar] @ http://foo.com ; python_version=='2.7'",
        "name[quux, strange];python_version<'2.7' and platform_version=='2'",
        "name; os_name=='a' or os_name=='b'",
        "name; os_name=='a' and os_name=='b' or os_name=='c'",
        "name; os_name=='a' and (os_name=='b' or os_name=='c')",
        "name; os_name=='a' or os_name=='b' and os_name=='c'",
        "name; (os_name=='a' or os_name=='b') and os_name=='c'",
      })
  void examplesOfThePepAreSound(String text) {
    Requirement requirement = parse(text);
    assertThat(requirement.sound()).isTrue();
    assertThat(text).startsWith(requirement.name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "requests [security,tests] >= 2.8.1, == 2.8.* ; python_version < \"2.7\"",
        "pip @ https://github.com/pypa/pip/archive/1.3.1.zip#sha1=da9234ee9982d4bbb3c72346a6de940a",
        "argparse;python_version<\"2.7\"",
        "name~=1.4.2,!=1.4.3",
        "name===whatever-1",
        "name; 'linux' in sys_platform and python_version not in '2.6, 2.7'",
        "name[]>=1",
      })
  void otherExamplesAreSound(String text) {
    assertThat(parse(text).sound()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name >= 1 <2",
        "name ==",
        "name[a",
        "name[a b]",
        "name; os_name",
        "name; os_name = 'a'",
        "name; (os_name == 'a'",
        "name; os_name == 'a",
        "name @ ",
        "name, other",
        "name >= $VERSION",
      })
  void whatIsNoRequirementIsKeptButNotBelieved(String text) {
    Requirement requirement = parse(text);
    assertThat(requirement.sound()).isFalse();
    assertThat(requirement.dependency().name()).isEqualTo("name");
    assertThat(requirement.dependency().purl()).isEqualTo("pkg:pypi/name");
  }

  @Test
  void partsAreToldApart() {
    Requirement requirement =
        parse("Foo.Bar_baz [quux , strange] (>=1.0, <2) ; python_version < '3'");
    assertThat(requirement)
        .isEqualTo(
            new Requirement(
                "Foo.Bar_baz",
                List.of("quux", "strange"),
                ">=1.0, <2",
                null,
                "python_version < '3'",
                true));
    assertThat(requirement.dependency())
        .isEqualTo(new Dependency("pkg:pypi/foo.bar-baz", "Foo.Bar_baz", ">=1.0, <2", null, false));
  }

  @Test
  void addressMayHaveSemicolonsAndEndsAtABlank() {
    Requirement requirement = parse("a @ https://h/x;y ; extra == 'z'");
    assertThat(requirement.address()).isEqualTo("https://h/x;y");
    assertThat(requirement.dependency().requirement()).isEqualTo("@ https://h/x;y");
    assertThat(requirement.dependency().scope()).isEqualTo("extra:z");
  }

  @Test
  void onlyAnExactPinIsAVersion() {
    assertThat(purl("a==1.0+Local.1")).isEqualTo("pkg:pypi/a@1.0%2Blocal.1");
    assertThat(purl("a (===1.0)")).isEqualTo("pkg:pypi/a@1.0");
    assertThat(purl("a==1.*")).isEqualTo("pkg:pypi/a");
    assertThat(purl("a==1,!=2")).isEqualTo("pkg:pypi/a");
    assertThat(purl("a>=1")).isEqualTo("pkg:pypi/a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a; extra == 'Test'",
        "a; 'Test' == extra",
        "a; python_version < '3' and extra == 'Test'",
        "a; (os_name == 'x' or os_name == 'y') and (extra == 'Test')",
      })
  void whatAsksForAnExtraIsOptional(String text) {
    Dependency dependency = parse(text).dependency();
    assertThat(dependency.scope()).isEqualTo("extra:Test");
    assertThat(dependency.optional()).isTrue();
  }

  @Test
  void eachOfSeveralExtrasIsNamedOnce() {
    assertThat(parse("a; extra == 'x' or extra == 'y' or extra == 'x'").dependency().scope())
        .isEqualTo("extra:x,y");
    assertThat(parse("a; extra == 'x' and extra == 'y'").dependency().scope())
        .isEqualTo("extra:x,y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a; extra != 'x'", "a; extra == 'x' or os_name == 'y'", "a; os_name=='y'"})
  void whatAlsoHoldsWithoutAnExtraIsNotOptional(String text) {
    Dependency dependency = parse(text).dependency();
    assertThat(dependency.scope()).isNull();
    assertThat(dependency.optional()).isFalse();
  }

  @Test
  void hugeAndDeepMarkersAreLeftAlone() {
    assertThat(parse("a; " + "(".repeat(5_000)).sound()).isFalse();
    assertThat(parse("a; " + "x=='1' or ".repeat(700) + "x=='1'").sound()).isFalse();
    assertThat(Requirement.parse("a".repeat(100_000))).isNull();
    assertThat(Requirement.parse("[x]")).isNull();
    assertThat(Requirement.parse("")).isNull();
  }

  private static Requirement parse(String text) {
    return Objects.requireNonNull(Requirement.parse(text), text);
  }

  private static String purl(String text) {
    return Objects.requireNonNull(parse(text).dependency().purl());
  }
}
