package io.packhouse.client.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.fs.PathText;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Sizes, paths, links, names that are nearly right. */
class ArgumentsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "12, 12",
    "1k, 1024",
    "256M, 268435456",
    "256MiB, 268435456",
    "1GB, 1000000000",
    "1 gib, 1073741824",
    "2T, 2199023255552"
  })
  void sizesHaveUnits(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1", "1.5G", "1Q", "1MM", "1bb", "1bib", "99999999999T"})
  void otherSizesAreRefused(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "' is not a size in bytes");
  }

  @ParameterizedTest
  @CsvSource({"a/b, a/b", "./a, a", "/a/, a", "., ''", "/, ''", "./, ''", "././/a//, a", ".a, .a"})
  void pathsAreNormalized(String argument, String path) {
    assertThat(PathArgument.normalize(argument)).isEqualTo(path);
  }

  @Test
  void whatIsShownReadsBackAsTheSameBytes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] name = new byte[random.nextInt(12)];
      random.nextBytes(name);
      assertThat(PathArgument.unescape(PathText.display(name))).as("seed " + seed).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\", "\\q", "\\x", "\\x1", "\\xzz"})
  void otherBackslashesAreNoEscapes(String text) {
    assertThat(PathArgument.unescape(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "NONE",
      value = {
        "a/b, c, a/c",
        "a/b, ../c, c",
        "b, c/./d/, c/d",
        "a/b, ../../c, NONE",
        "b, .., NONE",
        "b, /etc, NONE",
        "a/b, .., ''"
      })
  void linksLeadInsideOrNowhere(String link, String target, String path) {
    byte[] resolved =
        Links.resolve(
            link.getBytes(StandardCharsets.UTF_8), target.getBytes(StandardCharsets.UTF_8));
    assertThat(resolved == null ? null : new String(resolved, StandardCharsets.UTF_8))
        .isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "abc, abc, 0",
    "abc, abd, 1",
    "abc, bac, 1",
    "abc, ac, 1",
    "'', abc, 3",
    "ca, abc, 3"
  })
  void distancesCountInsertsDeletesChangesAndSwaps(String left, String right, int distance) {
    assertThat(Suggestions.distance(left, right)).isEqualTo(distance);
    assertThat(Suggestions.distance(right, left)).isEqualTo(distance);
  }

  @Test
  void messagesAreOneSafeLine() {
    assertThat(Failures.oneLine("a\nb\u001b[31m\u202e")).isEqualTo("a\\nb\\u001b[31m\\u202e");
    assertThat(Failures.oneLine("plain é")).isEqualTo("plain é");
  }
}
