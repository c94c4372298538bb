package io.packhouse.engine.select;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathGlobTest {

  private static boolean matches(String glob, String path) {
    return PathGlob.of(glob).matches(path.getBytes(UTF_8), false);
  }

  @ParameterizedTest
  @CsvSource({
    "*.jar, a.jar, true",
    "*.jar, a/b/c.jar, true",
    "*.jar, a.jar/b, false",
    "*.jar, .jar, true",
    "a, b/a, true",
    "a, ab, false",
    "/a, a, true",
    "/a, b/a, false",
    "a/b, a/b, true",
    "a/b, x/a/b, false",
    "a/*, a/b, true",
    "a/*, a/b/c, false",
    "a/**, a/b/c, true",
    "a/**, a, false",
    "**/b, b, true",
    "**/b, a/b, true",
    "**/b, a/a/b, true",
    "**/b, a/ab, false",
    "a/**/b, a/b, true",
    "a/**/b, a/x/y/b, true",
    "a/**/b, ab, false",
    "a**b/c, axx/yb/c, true",
    "?, é, true",
    "?, 😀, true",
    "??, 😀, false",
    "a?c, a/c, false",
    "[ab]c, bc, true",
    "[ab]c, cc, false",
    "[!ab]c, cc, true",
    "[!ab]c, ac, false",
    "[a-cx]1, b1, true",
    "[a-cx]1, d1, false",
    "[a-], -, true",
    "[]a], ], true",
    "[*?], *, true",
    "[*?], x, false",
    "'{a,b}.txt', b.txt, true",
    "'{a,b}.txt', c.txt, false",
    "'x{,y}', x, true",
    "'x{,y}', xy, true",
    "'{*.a,b?}/c', zz.a/c, true",
    "'{*.a,b?}/c', bz/c, true",
    "'{*.a,b?}/c', b/c, false",
    "'\\*', *, true",
    "'\\*', x, false",
  })
  void meansWhatItSays(String glob, String path, boolean expected) {
    assertThat(matches(glob, path)).isEqualTo(expected);
  }

  @Test
  void matchesNamesWithLineBreaksAndBytesThatAreNoText() {
    assertThat(matches("**/c", "a\nb/c")).isTrue();
    assertThat(matches("a*b", "a\n\r\u2028b")).isTrue();
    assertThat(PathGlob.of("a?b").matches(new byte[] {'a', (byte) 0xff, 'b'}, false)).isTrue();
    assertThat(PathGlob.of("a*").matches(new byte[] {'a', (byte) 0xff, 'b'}, false)).isTrue();
  }

  @Test
  void trailingSlashMatchesDirectoriesOnly() {
    PathGlob glob = PathGlob.of("target/");
    assertThat(glob.matches("a/target".getBytes(UTF_8), true)).isTrue();
    assertThat(glob.matches("a/target".getBytes(UTF_8), false)).isFalse();
    assertThat(PathGlob.of("/target/").matches("a/target".getBytes(UTF_8), true)).isFalse();
    assertThat(glob).hasToString("target/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "[", "[]", "[a", "a[b/c]", "{a", "{a,{b}}", "\\", "[z-a]", "//"})
  void malformedGlobsAreRefusedByName(String glob) {
    assertThatThrownBy(() -> PathGlob.of(glob))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("glob \"");
  }

  /** Backtracking would take longer than the universe is old. */
  @Test
  @Timeout(10)
  void noGlobIsSlow() {
    String name = "a".repeat(250);
    assertThat(matches("*a".repeat(60) + "b", name)).isFalse();
    assertThat(matches("**/".repeat(500) + "b", "a/".repeat(2000) + "a")).isFalse();
    assertThat(matches("{a,a,a,a}".repeat(300) + "b", name)).isFalse();
    assertThat(matches("*".repeat(2000) + "b", name)).isFalse();
  }

  /** Where the JDK's matcher and ours mean the same. */
  @RepeatedTest(5)
  void agreesWithTheJdkOnSimpleGlobs() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> parts = List.of("a", "b", "/", "*", "?", "[ab]", "[!a]", "{a,b}", "{a,bb}", "*a");
    for (int i = 0; i < 5_000; i++) {
      StringBuilder glob = new StringBuilder("a/");
      for (int part = random.nextInt(6); part >= 0; part--) {
        String next = parts.get(random.nextInt(parts.size()));
        boolean twice = glob.charAt(glob.length() - 1) == '*' && next.startsWith("*");
        glob.append(twice ? "b" : next);
      }
      StringBuilder path = new StringBuilder("a/");
      for (int part = random.nextInt(6); part >= 0; part--) {
        path.append("ab/".charAt(random.nextInt(3)));
      }
      String text = path.toString().replaceAll("/+", "/").replaceAll("/$", "");
      String pattern = glob.toString().replaceAll("/+", "/").replaceAll("/$", "");
      boolean expected =
          FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(Path.of(text));
      if (pattern.indexOf('/') >= 0) {
        assertThat(matches(pattern, text)).as(pattern + " on " + text).isEqualTo(expected);
      }
    }
  }
}
