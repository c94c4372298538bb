package io.packhouse.plugins.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpdxListTest {

  private static final String[] PIECES = {
    "the", "License", "version", "licenses", "ver", "v", "V2", ".0", "2.0", "1.0.0", ".", " ", "  ",
    ",", "-", "(", "\u201C", "\t", "apache", "x", "_", "/", "\u00E9", "0", "+", "\u2003"
  };

  /** The form in regular expressions, which is shorter and too slow. */
  @Test
  void keysAreThoseOfTheRegularExpressions() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder name = new StringBuilder();
      for (int piece = random.nextInt(8); piece >= 0; piece--) {
        name.append(PIECES[random.nextInt(PIECES.length)]);
      }
      String text = name.toString();
      String expected =
          text.toLowerCase(Locale.ROOT)
              .replaceAll("[\"\u201C\u201D'(),;:/_-]", " ")
              .replaceAll("\\b(the|license|licence|licenses|version|ver)\\b", " ")
              .replaceAll("\\bv\\.? ?(?=\\d)", " ")
              .replaceAll("(?<=\\d)\\.0\\b", "")
              .strip()
              .replaceAll("\\s+", " ");
      assertThat(SpdxList.key(text)).as("seed %d, %s", seed, text).isEqualTo(expected);
    }
  }

  @Test
  void schemesHostsAndEndingsOfAddressesDoNotTell() {
    for (String start : new String[] {"http://", "https://", "http://www.", "HTTPS://WWW."}) {
      for (String end : new String[] {"", "/", ".txt", ".html", ".php", ".txt/"}) {
        assertThat(SpdxList.idOf(start + "apache.org/licenses/LICENSE-2.0" + end))
            .isEqualTo("Apache-2.0");
      }
    }
    assertThat(SpdxList.idOf("http://")).isNull();
    assertThat(SpdxList.idOf("https://www.")).isNull();
    assertThat(SpdxList.idOf("https:///")).isNull();
    assertThat(SpdxList.idOf("http://apache.org/licenses/LICENSE-2.0.txt.txt")).isNull();
  }
}
