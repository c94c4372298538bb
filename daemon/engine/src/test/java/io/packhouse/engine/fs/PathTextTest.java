package io.packhouse.engine.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PathTextTest {

  @Test
  void displayIsSafeOnTerminalsAndUnambiguous() {
    assertThat(PathText.display("a b/ü€😀".getBytes(UTF_8))).isEqualTo("a b/ü€😀");
    assertThat(PathText.display("a\nb\t\r\u001b[31m\u007f".getBytes(UTF_8)))
        .isEqualTo("a\\nb\\t\\r\\x1b[31m\\x7f");
    assertThat(PathText.display("\u202e\u0085\u2028".getBytes(UTF_8)))
        .isEqualTo("\\xe2\\x80\\xae\\xc2\\x85\\xe2\\x80\\xa8");
    assertThat(PathText.display(new byte[] {'x', (byte) 0xff, (byte) 0xc3}))
        .isEqualTo("x\\xff\\xc3");
    assertThat(PathText.display("\\x41".getBytes(UTF_8))).isEqualTo("\\\\x41");
  }

  @Test
  void utf8IsToldAsTheJdkTellsIt() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] edges = {
      0,
      0x41,
      (byte) 0x7f,
      (byte) 0x80,
      (byte) 0x8f,
      (byte) 0x90,
      (byte) 0x9f,
      (byte) 0xa0,
      (byte) 0xbf,
      (byte) 0xc0,
      (byte) 0xc1,
      (byte) 0xc2,
      (byte) 0xdf,
      (byte) 0xe0,
      (byte) 0xe1,
      (byte) 0xed,
      (byte) 0xef,
      (byte) 0xf0,
      (byte) 0xf1,
      (byte) 0xf4,
      (byte) 0xf5,
      (byte) 0xff
    };
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[random.nextInt(6)];
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = edges[random.nextInt(edges.length)];
      }
      assertThat(PathText.isUtf8(bytes)).isEqualTo(isUtf8ByTheJdk(bytes));
    }
  }

  private static boolean isUtf8ByTheJdk(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void textsWithoutUtf8FormAreRefused() {
    assertThat(PathText.bytes("ü?")).isEqualTo("ü?".getBytes(UTF_8));
    assertThatThrownBy(() -> PathText.bytes("\ud800")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PathText.text(new byte[] {(byte) 0xff}))
        .isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void bytesAreComparedUnsigned() {
    assertThat(PathText.compare(new byte[] {'z'}, new byte[] {(byte) 0x80})).isNegative();
    assertThat(PathText.compare(new byte[] {'a'}, new byte[] {'a', 0})).isNegative();
    assertThat(PathText.compare(new byte[0], new byte[0])).isZero();
  }

  @Test
  void contentsOfADirectoryPrecedeWhatIsGreaterThanItsNameWithASlash() {
    assertThat(precede("a", "a-b")).isFalse();
    assertThat(precede("a", "a")).isFalse();
    assertThat(precede("ab", "a")).isFalse();
    assertThat(precede("b", "a")).isFalse();
    assertThat(precede("a", "a/b")).isFalse();
    assertThat(precede("a", "a0")).isTrue();
    assertThat(precede("a", "b")).isTrue();
    assertThat(precede("a", "é")).isTrue();
    assertThat(precede("aé", "az")).isFalse();
    assertThat(precede("", "z")).isTrue();
  }

  private static boolean precede(String directory, String name) {
    return PathText.contentsPrecede(directory.getBytes(UTF_8), name.getBytes(UTF_8));
  }

  @Test
  void joinPutsOneSlashBetween() {
    assertThat(PathText.join(new byte[0], new byte[] {'a'})).isEqualTo(new byte[] {'a'});
    assertThat(PathText.join("a/b".getBytes(UTF_8), new byte[] {'c'}))
        .isEqualTo("a/b/c".getBytes(UTF_8));
  }
}
