package io.packhouse.extraction.archive;

import static io.packhouse.extraction.archive.Tars.compressed;
import static io.packhouse.extraction.archive.Tars.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import org.junit.jupiter.api.Test;

class SafeArchiveOpenerTest {

  private static final long SEED = 20_261_123;
  private static final ArchiveFormat[] COMPRESSED = {
    ArchiveFormat.GZIP, ArchiveFormat.XZ, ArchiveFormat.BZIP2, ArchiveFormat.ZSTD
  };

  private final Tars members =
      new Tars()
          .member("one.txt", "first")
          .member("dir/" + "n".repeat(150), "second")
          .member("../up", "third")
          .member("big", text(200_000));
  private final List<String> names = List.of("one.txt", "dir/" + "n".repeat(150), "../up", "big");

  @Test
  void formatsAreToldByTheirFirstBytes() throws Exception {
    samples().forEach((format, file) -> assertThat(detect(file)).as(format).isNotNull());
    assertThat(detect(file("a.lzma", compressed(ArchiveFormat.LZMA, new byte[99]))))
        .isEqualTo(ArchiveFormat.LZMA);
    assertThat(detect(file("a", new byte[0]))).isNull();
    assertThat(detect(file("a", new byte[2_000]))).isNull();
    assertThat(detect(file("a", text(2_000)))).isNull();
  }

  @Test
  void membersOfEveryFormatAreReadInOrder() throws Exception {
    for (Map.Entry<String, PackageFile> sample : samples().entrySet()) {
      Map<String, byte[]> read = read(sample.getValue(), ExtractionLimits.DEFAULT);
      assertThat(read.keySet()).as(sample.getKey()).containsExactlyElementsOf(names);
      assertThat(read.get("one.txt")).asString().isEqualTo("first");
      assertThat(read.get("../up")).asString().isEqualTo("third");
      assertThat(read.get("big")).isEqualTo(text(200_000));
    }
  }

  @Test
  void membersAsFilesAreReadAsTheyAre() throws Exception {
    for (Map.Entry<String, PackageFile> sample : samples().entrySet()) {
      SafeArchiveOpener opener = new SafeArchiveOpener(ExtractionLimits.DEFAULT);
      try (MemberStream stream = opener.members(sample.getValue())) {
        for (ArchiveMember m = stream.next(); m != null; m = stream.next()) {
          PackageFile nested = m.file("in/" + m.name());
          assertThat(nested.size()).as(sample.getKey()).isEqualTo(m.size());
          if (m.name().equals("big")) {
            assertThat(bytes(nested)).as(sample.getKey()).isEqualTo(text(200_000));
          }
        }
      }
    }
  }

  @Test
  void severalCompressedStreamsAreReadAsOne() throws Exception {
    for (ArchiveFormat format : COMPRESSED) {
      byte[] both = joined(compressed(format, text(100_000)), compressed(format, text(10)));
      try (InputStream in = opener().decompress(file("a", both))) {
        assertThat(in.readAllBytes()).as("" + format).isEqualTo(joined(text(100_000), text(10)));
      }
    }
  }

  @Test
  void garbageBehindGzipIsLeft() throws Exception {
    byte[] padded = joined(compressed(ArchiveFormat.GZIP, text(10)), new byte[1_000]);
    assertThat(opener().decompress(file("a", padded)).readAllBytes()).isEqualTo(text(10));
  }

  @Test
  void truncatedFilesEndInAClearErrorOrFewerMembers() {
    samples()
        .forEach(
            (format, file) -> {
              byte[] bytes = bytes(file);
              for (int tenth = 0; tenth < 10; tenth++) {
                PackageFile cut =
                    PackageFile.of("cut", ByteBuffer.wrap(bytes, 0, bytes.length * tenth / 10));
                ExtractionException e = failure(cut);
                assertThat(e == null ? "" : e.reason()).doesNotContain("\n");
                // What a tar lacks at its end may be padding only.
                assertThat(e != null || tenth == 9).as(format + " cut at " + tenth).isTrue();
              }
            });
  }

  @Test
  void changedBytesEndInAnErrorOrOtherContents() {
    Random random = new Random(SEED);
    samples()
        .forEach(
            (format, file) -> {
              for (int round = 0; round < 150; round++) {
                byte[] bytes = bytes(file);
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                  int span = random.nextBoolean() ? Math.min(bytes.length, 600) : bytes.length;
                  bytes[random.nextInt(span)] = (byte) random.nextInt();
                }
                try {
                  failure(file("changed", bytes));
                } catch (AssertionError e) {
                  throw new AssertionError(format + " round " + round + ", seed " + SEED, e);
                }
              }
            });
  }

  @Test
  void inflatedBytesAreCountedOverAll() throws Exception {
    for (ArchiveFormat format : COMPRESSED) {
      PackageFile bomb = file("bomb", compressed(format, new byte[3_000_000]));
      SafeArchiveOpener opener = new SafeArchiveOpener(limits(5_000_000, 10));
      assertThat(opener.decompress(bomb).readAllBytes()).hasSize(3_000_000);
      ExtractionIOException e =
          catchThrowableOfType(
              ExtractionIOException.class, () -> opener.decompress(bomb).readAllBytes());
      assertThat(e.damage().reason()).contains("limit of 5000000 bytes");
    }
  }

  @Test
  void entriesAndTimeAreLimited() throws Exception {
    for (PackageFile file : samples().values()) {
      ExtractionException e =
          catchThrowableOfType(ExtractionException.class, () -> read(file, limits(9_000_000, 3)));
      assertThat(e.reason()).contains("limit of 3");
      long[] now = {0};
      SafeArchiveOpener opener = new SafeArchiveOpener(limits(9_000_000, 99), () -> now[0]);
      MemberStream stream = opener.members(file);
      now[0] = 1_000_000_001;
      e = catchThrowableOfType(ExtractionException.class, () -> read(stream));
      assertThat(e.reason()).contains("limit of 1s");
    }
  }

  @Test
  void nestingIsLimited() throws Exception {
    byte[] inner = new Tars().member("t", "x").tar();
    for (int i = 0; i < 5; i++) {
      inner = new Tars().member("t", inner).tar();
    }
    SafeArchiveOpener opener =
        new SafeArchiveOpener(new ExtractionLimits(1 << 20, 99, 3, Duration.ofSeconds(9)));
    PackageFile file = file("a.tar", inner);
    for (int depth = 1; depth <= 3; depth++) {
      file = opener.members(file).next().file("t");
    }
    PackageFile last = file;
    ExtractionException e =
        catchThrowableOfType(
            ExtractionException.class, () -> opener.members(last).next().file("t"));
    assertThat(e.reason()).isEqualTo("archives nest deeper than the limit of 3");
  }

  @Test
  void failedReadsOfTheFileComeOutAsTheyAre() {
    for (PackageFile file : samples().values()) {
      for (int allowed : new int[] {1, 2, 3, 5}) {
        IOException failed = new IOException("disk");
        PackageFile failing = new FailingFile(file, new AtomicInteger(allowed), failed);
        try {
          read(failing, ExtractionLimits.DEFAULT);
        } catch (IOException e) {
          assertThat(e).isSameAs(failed);
        } catch (ExtractionException e) {
          fail("taken for damage", e);
        }
      }
    }
  }

  private Map<String, PackageFile> samples() {
    Map<String, PackageFile> samples = new LinkedHashMap<>();
    Jars jar = new Jars();
    for (String name : names) {
      jar.member(
          name,
          switch (name) {
            case "one.txt" -> "first".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            case "../up" -> "third".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            case "big" -> text(200_000);
            default -> "second".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
          });
    }
    samples.put("zip", jar.at("a.zip"));
    samples.put("stored zip", jar.stored().at("a.zip"));
    samples.put("tar", file("a.tar", members.tar()));
    samples.put("ar", file("a.deb", members.ar()));
    samples.put("cpio", file("a.cpio", members.cpio(CpioConstants.FORMAT_NEW)));
    samples.put("cpio crc", file("a.cpio", members.cpio(CpioConstants.FORMAT_NEW_CRC)));
    samples.put("cpio old", file("a.cpio", members.cpio(CpioConstants.FORMAT_OLD_ASCII)));
    samples.put("cpio binary", file("a.cpio", members.cpio(CpioConstants.FORMAT_OLD_BINARY)));
    for (ArchiveFormat format : COMPRESSED) {
      samples.put("tar in " + format, file("a.tar.x", compressed(format, members.tar())));
    }
    return samples;
  }

  /** Reads all, expecting nothing but what openers may throw. */
  private static ExtractionException failure(PackageFile file) {
    try {
      read(file, limits(20_000_000, 10_000));
      return null;
    } catch (ExtractionException e) {
      return e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new AssertionError("expected an ExtractionException", e);
    }
  }

  private static Map<String, byte[]> read(PackageFile file, ExtractionLimits limits)
      throws ExtractionException, IOException {
    try (SafeArchiveOpener opener = new SafeArchiveOpener(limits);
        MemberStream stream = opener.members(file)) {
      return read(stream);
    }
  }

  private static Map<String, byte[]> read(MemberStream stream)
      throws ExtractionException, IOException {
    Map<String, byte[]> read = new LinkedHashMap<>();
    for (ArchiveMember m = stream.next(); m != null; m = stream.next()) {
      read.put(m.name(), m.bytes(1 << 20));
    }
    return read;
  }

  private static ArchiveFormat detect(PackageFile file) {
    try {
      return opener().detect(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static SafeArchiveOpener opener() {
    return new SafeArchiveOpener(ExtractionLimits.DEFAULT);
  }

  private static ExtractionLimits limits(long bytes, long entries) {
    return new ExtractionLimits(bytes, entries, 16, Duration.ofSeconds(1));
  }

  private static byte[] bytes(PackageFile file) {
    try {
      byte[] bytes = new byte[(int) file.size()];
      file.slice(0, bytes.length).get(0, bytes);
      return bytes;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Hardly to be compressed. */
  private static byte[] text(int length) {
    byte[] text = new byte[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(26));
    }
    return text;
  }

  private static byte[] joined(byte[] head, byte[] tail) {
    return ByteBuffer.allocate(head.length + tail.length).put(head).put(tail).array();
  }

  /** Fails after so many reads. */
  private record FailingFile(PackageFile file, AtomicInteger allowed, IOException failure)
      implements PackageFile {

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      check();
      return file.read(position, target);
    }

    @Override
    public ByteBuffer slice(long position, int length) throws IOException {
      check();
      return file.slice(position, length);
    }

    private void check() throws IOException {
      if (allowed.getAndDecrement() <= 0) {
        throw failure;
      }
    }
  }
}
