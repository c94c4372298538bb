package io.packhouse.engine.select;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextGlobTest {
  @Test
  void starMatchesAnyRunAndQuestionMarkAnyOne() {
    TextGlob glob = TextGlob.of("pkg:maven/*/log4j-core@2.1?.*");

    assertThat(glob.matches("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1")).isTrue();
    assertThat(glob.matches("pkg:maven/log4j-core@2.14.1")).isFalse();
    assertThat(glob.matches("pkg:maven/a/b/log4j-core@2.1x.")).isTrue();
    assertThat(glob.matches("pkg:maven/a/log4j-core@2.1.1")).isFalse();
    assertThat(TextGlob.of("").matches("")).isTrue();
    assertThat(TextGlob.of("").matches("a")).isFalse();
    assertThat(TextGlob.of("**").matches("")).isTrue();
    assertThat(TextGlob.of("a*a").matches("a")).isFalse();
  }

  @Test
  void everythingElseStandsForItself() {
    assertThat(TextGlob.of("a[b].{c}").matches("a[b].{c}")).isTrue();
    assertThat(TextGlob.of("a.c").matches("abc")).isFalse();
  }

  @Test
  void caseCountsUnlessItIsToBeIgnored() {
    assertThat(TextGlob.of("mit").matches("MIT")).isFalse();
    assertThat(TextGlob.ignoringCase("gpl-*").matches("GPL-2.0-only")).isTrue();
  }

  @Test
  void prefixEndsAtTheFirstWildcard() {
    assertThat(TextGlob.of("pkg:npm/a?c*").prefix()).isEqualTo("pkg:npm/a");
    assertThat(TextGlob.ignoringCase("abc").prefix()).isEmpty();
  }
}
