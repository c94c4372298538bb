package io.packhouse.fuzz;

import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Offers files to one extractor by way of the host that a pack has, and sees what that hides. */
final class ExtractorTarget implements Target {

  private final List<Shape> shapes;
  private final Watched watched;
  private final ExtractorHost host;
  private final Duration patience;

  ExtractorTarget(PackageExtractor extractor, List<Shape> shapes, Duration patience) {
    this.shapes = shapes;
    this.patience = patience;
    this.watched = new Watched(extractor);
    this.host =
        new ExtractorHost(
            List.of(new InstalledExtractor(watched, InstalledExtractor.BUILT_IN)),
            SafeArchiveOpener::new,
            LIMITS);
  }

  @Override
  public void run(byte[] input) throws Throwable {
    if (input.length == 0) {
      return;
    }
    Shape shape = shapes.get(Math.floorMod(input[0] - '0', shapes.size()));
    Shape.Made made = shape.make(Arrays.copyOfRange(input, 1, input.length));
    watched.begin(made.siblings());
    long start = Target.cpuNanos();
    Extraction extraction = host.extract(made.file(), null);
    Target.checkTime(start, patience);
    if (watched.thrown != null) {
      throw watched.thrown;
    }
    if (watched.told && extraction != null && extraction.metadata() == null) {
      throw new AssertionError("the host refuses what is extracted: " + extraction.error());
    }
  }

  /** An extractor whose siblings come from the input, and whose failures are kept. */
  private static final class Watched implements PackageExtractor {

    private final PackageExtractor extractor;
    private List<byte[]> siblings = List.of();
    @Nullable Throwable thrown;

    /** Whether there was metadata, of the whole file or a part. */
    boolean told;

    Watched(PackageExtractor extractor) {
      this.extractor = extractor;
    }

    void begin(List<byte[]> beside) {
      siblings = beside;
      thrown = null;
      told = false;
    }

    @Override
    public String packageType() {
      return extractor.packageType();
    }

    @Override
    public String name() {
      return extractor.name();
    }

    @Override
    public List<ColumnSpec> columns() {
      return extractor.columns();
    }

    @Override
    public Interest interest() {
      return extractor.interest();
    }

    @Override
    public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
        throws ExtractionException, IOException {
      try {
        PackageMetadata metadata = extractor.extract(file, new WithSiblings(context, siblings));
        told = metadata != null;
        return metadata;
      } catch (ExtractionException e) {
        told = e.partial() != null;
        throw e;
      } catch (ExtractionIOException e) {
        told = e.damage().partial() != null;
        throw e;
      } catch (IOException | RuntimeException | Error e) {
        thrown = e;
        throw e;
      }
    }
  }

  /** Gives the siblings there are to the first paths that are asked for. */
  private static final class WithSiblings implements ExtractionContext {

    private final ExtractionContext context;
    private final List<byte[]> siblings;
    private final Map<String, @Nullable PackageFile> given = new HashMap<>();

    WithSiblings(ExtractionContext context, List<byte[]> siblings) {
      this.context = context;
      this.siblings = siblings;
    }

    @Override
    public @Nullable PackageFile sibling(String relativePath) {
      if (!given.containsKey(relativePath)) {
        int ordinal = given.size();
        given.put(
            relativePath,
            ordinal < siblings.size()
                ? PackageFile.of(relativePath, ByteBuffer.wrap(siblings.get(ordinal)))
                : null);
      }
      return given.get(relativePath);
    }

    @Override
    public ArchiveOpener archives() {
      return context.archives();
    }

    @Override
    public ExtractionLimits limits() {
      return context.limits();
    }
  }
}
