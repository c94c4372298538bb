package io.packhouse.extraction.archive;

import static io.packhouse.extraction.archive.Tars.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

class XzStreamTest {

  private final SafeArchiveOpener opener = new SafeArchiveOpener(ExtractionLimits.DEFAULT);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 1_000_000})
  void decodesWhatWasEncoded(int length) throws Exception {
    byte[] plain = plain(length);
    assertThat(opened(xz(plain))).isEqualTo(plain);
  }

  @Test
  void decodesStreamsOneAfterAnotherWithPaddingBetween() throws Exception {
    byte[] one = xz(plain(100_000));
    byte[] two = concat(concat(one, new byte[4]), one);
    assertThat(opened(two)).isEqualTo(concat(plain(100_000), plain(100_000)));
  }

  @Test
  void saysOfDamageWhatTheDecoderInJavaSays() throws Exception {
    byte[] whole = xz(plain(300_000));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] damaged =
          Arrays.copyOf(whole, i < 100 ? random.nextInt(6, whole.length) : whole.length);
      if (i >= 100) {
        damaged[random.nextInt(6, whole.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertThat(outcome(() -> opener.decompress(file("a.xz", damaged))))
          .as("seed %s, round %s", seed, i)
          .isEqualTo(outcome(() -> new XZInputStream(new ByteArrayInputStream(damaged))));
    }
  }

  @Test
  void givesEachByteBeforeDamageOnce() throws Exception {
    byte[] plain = plain(300_000);
    byte[] cut = xz(plain);
    cut = Arrays.copyOf(cut, cut.length / 2);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (InputStream in = opener.decompress(file("a.xz", cut))) {
      byte[] piece = new byte[10_000];
      while (true) {
        read.write(piece, 0, in.read(piece));
      }
    } catch (ExtractionIOException e) {
      assertThat(e.damage().reason()).contains("ends early");
    }
    assertThat(read.size()).isGreaterThan(50_000);
    assertThat(read.toByteArray()).isEqualTo(Arrays.copyOf(plain, read.size()));
  }

  private interface Opening {
    InputStream open() throws Exception;
  }

  /** What a decoder says in the end, without what our own streams put before it. */
  private static String outcome(Opening opening) {
    try (InputStream in = opening.open()) {
      return in.readAllBytes().length + " bytes";
    } catch (Exception e) {
      String message = String.valueOf(e.getMessage());
      return message.equals("null")
          ? "it ends early"
          : message
              .replaceFirst(".*stream is damaged: ", "")
              .replaceFirst(".*stream is damaged$", "");
    }
  }

  private byte[] opened(byte[] xz) throws Exception {
    try (InputStream in = opener.decompress(file("a.xz", xz))) {
      return in.readAllBytes();
    }
  }

  private static byte[] plain(int length) {
    byte[] bytes = new byte[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(1 + i % 50);
    }
    return bytes;
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static byte[] xz(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(bytes, new LZMA2Options(1))) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }
}
