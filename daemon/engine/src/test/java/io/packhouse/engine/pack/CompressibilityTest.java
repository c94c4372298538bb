package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompressibilityTest {
  private final Compressibility compressibility = new Compressibility();

  @AfterEach
  void close() {
    compressibility.close();
  }

  @Test
  void textIsText() {
    assertThat(effort(Bytes.text(1, 1 << 20))).isEqualTo(Effort.TEXT);
  }

  @Test
  void anythingSmallGoesWithText() {
    assertThat(effort(Bytes.random(1, Compressibility.SMALLEST - 1))).isEqualTo(Effort.TEXT);
    assertThat(effort(Bytes.random(1, Compressibility.SMALLEST))).isEqualTo(Effort.NONE);
  }

  @Test
  void noiseIsStored() {
    for (int length : new int[] {5_000, 24 << 10, (24 << 10) + 1, 1 << 20}) {
      assertThat(effort(Bytes.random(length, length)))
          .as("%d bytes", length)
          .isEqualTo(Effort.NONE);
    }
  }

  @Test
  void packagesAreToldByTheirEnds() {
    assertThat(effort(Bytes.packageLike(3, 40_000))).isEqualTo(Effort.FAST);
    byte[] lateDirectory = Bytes.random(4, 1 << 20);
    byte[] end = Bytes.text(4, 2_000);
    System.arraycopy(end, 0, lateDirectory, lateDirectory.length - end.length, end.length);
    assertThat(effort(lateDirectory)).isEqualTo(Effort.FAST);
  }

  /** Few matches, but bytes that are far from equally frequent, as in machine code. */
  @Test
  void programsAreNoPackages() {
    Random random = new Random(5);
    byte[] code = new byte[1 << 20];
    for (int at = 0; at < code.length; at++) {
      code[at] = (byte) (128 + Math.abs(random.nextGaussian()) * 6);
    }
    for (int at = 0; at + 4_096 < code.length; at += 4_096) {
      System.arraycopy(code, 0, code, at + 3_000, 600);
    }
    assertThat(effort(code)).isEqualTo(Effort.BINARY);
  }

  private Effort effort(byte[] contents) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(contents.length + 7).put(7, contents);
    return compressibility.effort(buffer, 7, contents.length);
  }
}
