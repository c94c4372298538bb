package io.packhouse.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PackageExtractor} must hold to. Extend it in the extractor's tests:
 *
 * <pre>{@code
 * class NpmExtractorTest extends ExtractorContract {
 *   protected PackageExtractor extractor() { return new NpmExtractor(); }
 *   protected List<PackageFile> samples() { return List.of(PackageFile.of("a-1.0.tgz", bytes)); }
 * }
 * }</pre>
 *
 * <p>The samples are damaged in many ways; the seed of what is random is in the failure message.
 */
public abstract class ExtractorContract {

  private static final long SEED = 20_250_101;

  /** The extractor under test, a new one or the same each time. */
  protected abstract PackageExtractor extractor();

  /** Sound, small package files: at least one for each kind that the extractor reads. */
  protected abstract List<PackageFile> samples();

  /** The context to extract in. */
  protected ExtractionContext context() {
    return ExtractionContext.NONE;
  }

  @Test
  void typeNameAndColumnsAreWellFormedAndConstant() {
    PackageExtractor extractor = extractor();
    assertThat(extractor.packageType()).matches("[a-z][a-z0-9.-]*");
    assertThat(extractor.name()).isNotBlank();
    assertThat(ColumnSpec.checkDistinct(extractor.columns())).isEqualTo(extractor.columns());
    assertThat(extractor.interest()).isEqualTo(extractor.interest());
  }

  @Test
  void isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(PackageExtractor.class))
        .hasAtLeastOneElementOfType(extractor().getClass());
  }

  @Test
  void everySampleIsWanted() throws IOException {
    Interest interest = extractor().interest();
    for (PackageFile sample : samples()) {
      assertThat(interest.matchesPath(sample.path())).as(sample.path()).isTrue();
      int head = (int) Math.min(interest.headLength(), sample.size());
      assertThat(interest.matchesHead(sample.slice(0, head))).as(sample.path()).isTrue();
    }
  }

  @Test
  void everySampleYieldsMetadata() {
    assertThat(samples()).isNotEmpty();
    for (PackageFile sample : samples()) {
      assertThat(outcome(extractor(), sample)).isInstanceOf(PackageMetadata.class);
    }
  }

  @Test
  void purlIsOfTheNamespaceTheNameAndTheVersion() {
    for (PackageFile sample : samples()) {
      if (outcome(extractor(), sample) instanceof PackageMetadata metadata) {
        checkPurl(sample.path(), metadata);
        metadata
            .nested()
            .forEach(n -> checkPurl(sample.path() + "!" + n.innerPath(), n.metadata()));
      }
    }
  }

  private static void checkPurl(String path, PackageMetadata metadata) {
    String purl = metadata.purl();
    if (purl == null) {
      return;
    }
    String whole = purl.split("[?#]", 2)[0];
    String[] atVersion = whole.split("@", 2);
    int slash = atVersion[0].indexOf('/');
    int last = atVersion[0].lastIndexOf('/');
    String namespace = last <= slash ? null : decode(atVersion[0].substring(slash + 1, last));
    assertThat(decode(atVersion[0].substring(last + 1))).as(path).isEqualTo(metadata.name());
    assertThat(namespace).as(path).isEqualTo(metadata.namespace());
    String version = atVersion.length == 1 ? null : decode(atVersion[1]);
    if (version != null && metadata.version() != null) {
      // Some types have the version in lower case; the column has it as declared.
      assertThat(version).as(path).isEqualToIgnoringCase(metadata.version());
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Test
  void emptyAndOneByteFilesEndWell() {
    for (PackageFile sample : samples()) {
      for (byte[] bytes : new byte[][] {{}, {0}, {'P'}, {'<'}, {'{'}, {(byte) 0xFF}}) {
        outcome(extractor(), PackageFile.of(sample.path(), ByteBuffer.wrap(bytes)));
      }
    }
  }

  @Test
  void garbageEndsWell() {
    Random random = new Random(SEED);
    for (PackageFile sample : samples()) {
      for (int length = 2; length <= 1 << 17; length = length * 2 + 1) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        outcome(extractor(), PackageFile.of(sample.path(), ByteBuffer.wrap(bytes)));
        // The kind of file is recognised, what follows makes no sense.
        byte[] sound = bytes(sample);
        System.arraycopy(sound, 0, bytes, 0, Math.min(Math.min(8, sound.length), length));
        outcome(extractor(), PackageFile.of(sample.path(), ByteBuffer.wrap(bytes)));
      }
    }
  }

  @Test
  void samplesTruncatedAtEveryTenthEndWell() {
    for (PackageFile sample : samples()) {
      byte[] bytes = bytes(sample);
      for (int tenth = 0; tenth < 10; tenth++) {
        int length = bytes.length * tenth / 10;
        outcome(extractor(), PackageFile.of(sample.path(), ByteBuffer.wrap(bytes, 0, length)));
        int rest = bytes.length - length;
        outcome(extractor(), PackageFile.of(sample.path(), ByteBuffer.wrap(bytes, length, rest)));
      }
      if (bytes.length > 0) {
        int length = bytes.length - 1;
        outcome(extractor(), PackageFile.of(sample.path(), ByteBuffer.wrap(bytes, 0, length)));
      }
    }
  }

  @Test
  void samplesWithChangedBytesEndWell() {
    Random random = new Random(SEED);
    for (PackageFile sample : samples()) {
      for (int round = 0; round < 1_000; round++) {
        byte[] bytes = bytes(sample);
        if (bytes.length == 0) {
          continue;
        }
        int changes = 1 + random.nextInt(4);
        for (int change = 0; change < changes; change++) {
          // Half of the changes near the end, where many formats keep their directory.
          int span = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 128);
          int at = bytes.length - 1 - random.nextInt(span);
          bytes[at] =
              switch (random.nextInt(3)) {
                case 0 -> (byte) 0xFF;
                case 1 -> 0;
                default -> (byte) random.nextInt(256);
              };
        }
        outcome(extractor(), PackageFile.of(sample.path(), ByteBuffer.wrap(bytes)));
      }
    }
  }

  @Test
  void sameFileYieldsTheSame() {
    PackageExtractor extractor = extractor();
    for (PackageFile sample : samples()) {
      Object first = outcome(extractor, sample);
      assertThat(outcome(extractor, sample)).isEqualTo(first);
      assertThat(outcome(extractor(), sample)).isEqualTo(first);
    }
  }

  @Test
  void shortReadsYieldTheSame() {
    for (PackageFile sample : samples()) {
      Object whole = outcome(extractor(), sample);
      assertThat(outcome(extractor(), new OneByteReads(sample))).isEqualTo(whole);
    }
  }

  @Test
  void failingReadsEndInTheirIoExceptionOrAreNotNeeded() {
    for (PackageFile sample : samples()) {
      try {
        extractor().extract(new FailingReads(sample), context());
      } catch (IOException e) {
        assertThat(e).hasMessage("read failed by the contract");
      } catch (ExtractionException | RuntimeException | Error e) {
        fail(sample.path() + ": expected the IOException of the read, found " + e, e);
      }
    }
  }

  @Test
  void oneInstanceServesManyThreads() throws Exception {
    PackageExtractor extractor = extractor();
    List<PackageFile> samples = samples();
    List<@Nullable Object> expected = new ArrayList<>();
    samples.forEach(sample -> expected.add(outcome(extractor, sample)));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<@Nullable Void> task =
          () -> {
            for (int round = 0; round < 50; round++) {
              for (int i = 0; i < samples.size(); i++) {
                assertThat(outcome(extractor, samples.get(i))).isEqualTo(expected.get(i));
              }
            }
            return null;
          };
      for (Future<@Nullable Void> done : threads.invokeAll(List.of(task, task, task, task))) {
        done.get();
      }
    }
  }

  /**
   * Extracts; fails on all but the allowed ends.
   *
   * @return the metadata, or null, or the reason of the exception
   */
  private @Nullable Object outcome(PackageExtractor extractor, PackageFile file) {
    try {
      PackageMetadata metadata = extractor.extract(file, context());
      if (metadata != null) {
        check(extractor, metadata);
      }
      return metadata;
    } catch (ExtractionException e) {
      assertThat(e.reason()).isNotBlank().doesNotContain("\n");
      PackageMetadata partial = e.partial();
      if (partial != null) {
        check(extractor, partial);
      }
      return e.reason();
    } catch (IOException | RuntimeException | Error e) {
      return fail(file.path() + ", " + file.size() + " bytes, seed " + SEED + ": " + e, e);
    }
  }

  private static void check(PackageExtractor extractor, PackageMetadata metadata) {
    assertThat(ColumnSpec.checkValues(extractor.columns(), metadata.columns()))
        .isEqualTo(metadata.columns());
    String purl = metadata.purl();
    if (purl != null) {
      assertThat(purl).startsWith("pkg:" + extractor.packageType() + "/");
    }
    metadata.nested().forEach(nested -> check(extractor, nested.metadata()));
  }

  private static byte[] bytes(PackageFile file) {
    try {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.slice(0, bytes.length).get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Gives one byte for each read and a copy for each slice, as a view of a big file may. */
  private record OneByteReads(PackageFile file) implements PackageFile {
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
      ByteBuffer one = ByteBuffer.allocate(Math.min(1, target.remaining()));
      int length = file.read(position, one);
      target.put(one.flip());
      return length;
    }

    @Override
    public ByteBuffer slice(long position, int length) throws IOException {
      ByteBuffer copy = ByteBuffer.allocateDirect(length);
      copy.put(file.slice(position, length));
      return copy.flip().asReadOnlyBuffer();
    }
  }

  /** Fails every read. */
  private record FailingReads(PackageFile file) implements PackageFile {
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
      throw new IOException("read failed by the contract");
    }

    @Override
    public ByteBuffer slice(long position, int length) throws IOException {
      throw new IOException("read failed by the contract");
    }
  }
}
