package io.packhouse.extraction.archive;

import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.ZipDirectory;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Opens archives for one extraction: all that it opens counts against one set of limits, the time
 * from the opener's construction on. Closing it closes what extractors forgot to close. For one
 * thread.
 *
 * <p>Nothing but {@link ExtractionException}, {@link io.packhouse.spi.ExtractionIOException} of
 * streams, and the very {@link IOException} that reading the file threw comes out of what it opens.
 */
public final class SafeArchiveOpener implements ArchiveOpener, AutoCloseable {

  /**
   * No member is inflated into memory beyond this: several workers must fit into a heap of 192 MiB
   * with what they inflate. A constant, since what is found must not depend on the heap.
   */
  static final long MAX_IN_MEMORY = 32L << 20;

  private final Budget budget;
  private final Set<AutoCloseable> opened = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable Inflater headInflater;

  /** Starts the time. */
  public SafeArchiveOpener(ExtractionLimits limits) {
    this(limits, System::nanoTime);
  }

  SafeArchiveOpener(ExtractionLimits limits, LongSupplier nanoTime) {
    this.budget = new Budget(limits, nanoTime);
  }

  /** One for all looks at heads, since making one costs more than such a look. Reset. */
  Inflater headInflater() {
    Inflater inflater = headInflater;
    if (inflater == null) {
      inflater = new Inflater(true);
      headInflater = inflater;
      opened.add(inflater);
    } else {
      inflater.reset();
    }
    return inflater;
  }

  Budget budget() {
    return budget;
  }

  /** Remembers a stream, to close it where its user forgets to. */
  InputStream opened(InputStream stream) {
    Remembered remembered = new Remembered(stream);
    opened.add(remembered);
    return remembered;
  }

  @Override
  public @Nullable ArchiveFormat detect(PackageFile file) throws IOException {
    return Formats.of(head(file), file.path());
  }

  @Override
  public ZipDirectory zip(PackageFile file) throws ExtractionException, IOException {
    return openZip(file);
  }

  @Override
  public MemberStream members(PackageFile file) throws ExtractionException, IOException {
    begin(file);
    byte[] head = head(file);
    ArchiveFormat format = Formats.of(head, file.path());
    if (format == null && Formats.isEmptyTar(head)) {
      format = ArchiveFormat.TAR;
    }
    if (format == null) {
      throw new ExtractionException("is no archive of a known format");
    }
    if (format == ArchiveFormat.ZIP) {
      return openZip(file).stream();
    }
    Source source = source(file);
    StreamedMembers members =
        format.isCompressed()
            ? StreamedMembers.compressed(format, source, budget, opened::remove)
            : StreamedMembers.plain(format, source, budget);
    if (format.isCompressed()) {
      opened.add(members);
    }
    return members;
  }

  @Override
  public InputStream decompress(PackageFile file) throws ExtractionException, IOException {
    begin(file);
    ArchiveFormat format = detect(file);
    if (format == null || !format.isCompressed()) {
      throw new ExtractionException("is not compressed by a known method");
    }
    return opened(Decoders.open(format, source(file), budget));
  }

  @Override
  public void checkTime() throws ExtractionException {
    budget.checkTime();
  }

  /** Closes all that is open. What was opened is no longer valid. */
  @Override
  public void close() {
    List<AutoCloseable> forgotten = List.copyOf(opened);
    opened.clear();
    headInflater = null;
    for (AutoCloseable stream : forgotten) {
      Closing.quietly(stream);
    }
  }

  private OpenedZip openZip(PackageFile file) throws ExtractionException, IOException {
    begin(file);
    return new OpenedZip(file, this);
  }

  private void begin(PackageFile file) throws ExtractionException {
    budget.checkDepth(NestedFile.depth(file));
    budget.checkTime();
  }

  private Source source(PackageFile file) {
    return new Source(file, 0, file.size(), budget, new Faults());
  }

  private static byte[] head(PackageFile file) throws IOException {
    byte[] head = new byte[(int) Math.min(Formats.HEAD, file.size())];
    ByteBuffer slice = file.slice(0, head.length);
    slice.get(0, head);
    return head;
  }

  private final class Remembered extends FilterInputStream {

    Remembered(InputStream in) {
      super(in);
    }

    @Override
    public void close() throws IOException {
      opened.remove(this);
      super.close();
    }
  }
}
