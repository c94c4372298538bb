package io.packhouse.extraction.archive;

import static io.packhouse.extraction.archive.Tars.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class DecoderMemoryTest {

  /** Offsets in an xz file whose first block has one filter and states no sizes. */
  private static final int BLOCK = 12;

  private static final int DICTIONARY = 16;
  private static final int BLOCK_CRC = 20;

  private final SafeArchiveOpener opener = new SafeArchiveOpener(ExtractionLimits.DEFAULT);

  @Test
  void dictionariesOfOpenStreamsShareOneLimit() throws Exception {
    byte[] large = xz(64 << 20);
    try (InputStream first = opener.decompress(file("a.xz", large));
        InputStream second = opener.decompress(file("b.xz", large))) {
      assertThat(first.read()).isEqualTo('x');
      ExtractionIOException e = catchThrowableOfType(ExtractionIOException.class, second::read);
      assertThat(e.damage().reason()).contains("dictionary").contains("limit of 83886080 bytes");
    }
  }

  @Test
  void closedStreamsGiveTheirDictionariesBack() throws Exception {
    byte[] large = xz(64 << 20);
    for (int i = 0; i < 5; i++) {
      assertThat(read(large)).containsExactly('x');
      byte[] damaged = large.clone();
      damaged[damaged.length - 30] ^= 1;
      assertThat(catchThrowableOfType(Exception.class, () -> read(damaged))).isNotNull();
    }
  }

  @Test
  void whatXzMakesByDefaultOpensWithinTheLargest() throws Exception {
    try (InputStream first = opener.decompress(file("a.xz", xz(64 << 20)))) {
      assertThat(first.read()).isEqualTo('x');
      assertThat(read(xz(8 << 20))).containsExactly('x');
    }
  }

  private byte[] read(byte[] xz) throws ExtractionException, IOException {
    try (InputStream stream = opener.decompress(file("a.xz", xz))) {
      return stream.readAllBytes();
    }
  }

  /**
   * A byte, whose block states a dictionary that it does not need: no encoder is so wasteful by
   * itself.
   */
  private static byte[] xz(int dictionary) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LZMA2Options options = new LZMA2Options(0);
    options.setMode(LZMA2Options.MODE_UNCOMPRESSED);
    try (XZOutputStream xz = new XZOutputStream(bytes, options)) {
      xz.write('x');
    }
    ByteBuffer xz = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    // Powers of two alone; half steps between them have odd numbers.
    xz.put(DICTIONARY, (byte) (2 * (Integer.numberOfTrailingZeros(dictionary) - 12)));
    CRC32 crc = new CRC32();
    crc.update(xz.array(), BLOCK, BLOCK_CRC - BLOCK);
    xz.putInt(BLOCK_CRC, (int) crc.getValue());
    return xz.array();
  }
}
