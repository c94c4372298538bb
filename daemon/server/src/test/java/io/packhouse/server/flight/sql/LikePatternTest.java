package io.packhouse.server.flight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LikePatternTest {
  private static boolean matches(String pattern, String name) {
    return LikePattern.of("pattern", pattern).matches(name);
  }

  @Test
  void percentIsAnyTextAndUnderscoreAnyCharacter() {
    assertThat(matches("", "")).isTrue();
    assertThat(matches("", "a")).isFalse();
    assertThat(matches("%", "")).isTrue();
    assertThat(matches("entries", "entries")).isTrue();
    assertThat(matches("entries", "Entries")).isFalse();
    assertThat(matches("e%s", "entries")).isTrue();
    assertThat(matches("e%t%es", "entries")).isTrue();
    assertThat(matches("%r_es", "entries")).isTrue();
    assertThat(matches("%x%", "entries")).isFalse();
    assertThat(matches("_______", "entries")).isTrue();
    assertThat(matches("______", "entries")).isFalse();
    assertThat(LikePattern.any().matches("entries")).isTrue();
  }

  @Test
  void aBackslashTakesTheNextCharacterAsItStands() {
    assertThat(matches("npm\\_packages", "npm_packages")).isTrue();
    assertThat(matches("npm\\_packages", "npmxpackages")).isFalse();
    assertThat(matches("100\\%", "100%")).isTrue();
    assertThat(matches("100\\%", "1000")).isFalse();
    assertThat(matches("a\\\\b", "a\\b")).isTrue();
    assertThat(matches("a\\", "a\\")).isTrue();
  }

  /** By tries one after the other it would not end. */
  @Test
  void manyPercentsTakeNoTime() {
    assertThat(matches("%a".repeat(500) + "b", "a".repeat(1_000))).isFalse();
    assertThatThrownBy(() -> matches("x".repeat(1_025), "x")).hasMessageContaining("1024");
  }
}
