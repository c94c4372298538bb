package io.packhouse.plugins.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.plugins.pypi.DistributionName.Tag;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionNameTest {

  @Test
  void wheelNamesHaveTagsAndABuild() {
    assertThat(DistributionName.wheel("foo_bar-1.0.post1-2b-cp39.cp310-abi3-win32.win_amd64"))
        .isEqualTo(
            new DistributionName(
                "foo_bar",
                "1.0.post1",
                "2b",
                List.of(
                    new Tag("cp39", "abi3", "win32"),
                    new Tag("cp39", "abi3", "win_amd64"),
                    new Tag("cp310", "abi3", "win32"),
                    new Tag("cp310", "abi3", "win_amd64"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"foo", "foo-1.0", "foo-1.0-py3-none", "a-1-b-py3-none-any", "-1-py3-none-any"})
  void otherNamesAreNoWheels(String stem) {
    assertThat(DistributionName.wheel(stem)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "six-1.16.0, six, 1.16.0",
    "zope.interface-6.1, zope.interface, 6.1",
    "python-dateutil-2.8.2, python-dateutil, 2.8.2",
    "foo-2x-1.0rc1, foo-2x, 1.0rc1",
    "foo-1.0-beta-2, foo, 1.0-beta-2",
    "foo-bar_baz-v2.0, foo-bar_baz, v2.0",
    "foo-2.x_dev, foo, 2.x_dev",
    "backports.ssl_match_hostname-3.4.0.2, backports.ssl_match_hostname, 3.4.0.2",
  })
  void sdistNamesAreDividedBeforeTheVersion(String stem, String name, String version) {
    DistributionName found = Objects.requireNonNull(DistributionName.sdist(stem));
    assertThat(found.name()).isEqualTo(name);
    assertThat(found.version()).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"package", "repo-main", "linux", "-1.0", "foo_1.0.orig"})
  void otherNamesAreNoSdists(String stem) {
    assertThat(DistributionName.sdist(stem)).isNull();
  }

  @Test
  void eggNamesHavePythonAndPlatform() {
    assertThat(DistributionName.egg("foo_bar-1.0_1-py2.7-linux-x86_64"))
        .isEqualTo(
            new DistributionName(
                "foo_bar", "1.0_1", null, List.of(new Tag("py2.7", null, "linux-x86_64"))));
    assertThat(DistributionName.egg("foo-1.0"))
        .isEqualTo(new DistributionName("foo", "1.0", null, List.of()));
    assertThat(DistributionName.egg("foo")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "Django_package, django-package",
    "django-allauth, django-allauth",
    "Zope.Interface, zope.interface",
  })
  void purlsHaveNamesAsTheirSpecificationSays(String name, String canonical) {
    assertThat(DistributionName.canonical(name)).isEqualTo(canonical);
  }

  @Test
  void namesCompareWithoutSeparators() {
    assertThat(DistributionName.same("Zope.Interface-6.1", "zope_interface-6.1")).isTrue();
    assertThat(DistributionName.same("a--b", "A_b")).isTrue();
    assertThat(DistributionName.same("ab", "a-b")).isFalse();
  }
}
