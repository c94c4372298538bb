package io.packhouse.extraction.archive;

import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.MemberStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The members of a tar, ar or cpio by commons-compress. What that keeps of headers it takes from
 * the stream, so that bounding what it reads between members bounds its memory.
 */
final class StreamedMembers implements MemberStream {

  /** For names and attributes of one member: 4 MiB. */
  private static final long MAX_HEADERS = 4 << 20;

  /** What is not read is gone over in such pieces. */
  private static final int PASSED = 64 << 10;

  private final ArchiveFormat format;
  private final ArchiveInputStream<? extends ArchiveEntry> archive;
  private final Source source;
  private final Budget budget;
  private final LongConsumer allow;
  private final boolean plain;
  private final Consumer<AutoCloseable> whenClosed;
  private final CheckedStream contents;
  private byte[] passed = {};
  private @Nullable StreamedMember current;
  private boolean done;
  private boolean closed;

  private StreamedMembers(
      ArchiveFormat format,
      InputStream bytes,
      LongConsumer allow,
      Source source,
      boolean plain,
      Budget budget,
      Consumer<AutoCloseable> whenClosed) {
    this.format = format;
    this.archive = open(format, bytes);
    this.source = source;
    this.budget = budget;
    this.allow = allow;
    this.plain = plain;
    this.whenClosed = whenClosed;
    InputStream current = format == ArchiveFormat.CPIO ? new AtZero(archive) : archive;
    this.contents =
        new CheckedStream(current, Decoders.label(format), budget, source.faults(), false);
  }

  /** Members of a file that is such an archive. */
  static StreamedMembers plain(ArchiveFormat format, Source source, Budget budget) {
    return new StreamedMembers(format, source, source::allow, source, true, budget, members -> {});
  }

  /** Members of an archive within a compressed file. */
  static StreamedMembers compressed(
      ArchiveFormat compression, Source source, Budget budget, Consumer<AutoCloseable> whenClosed)
      throws ExtractionException, IOException {
    CheckedStream stream = Decoders.open(compression, source, budget);
    ReadAhead whole = new ReadAhead(stream, source.faults());
    byte[] head;
    try {
      head = whole.head(Formats.HEAD);
    } catch (IOException e) {
      stream.close();
      throw Decoders.unwrapped(e);
    }
    ArchiveFormat format = Formats.isEmptyTar(head) ? ArchiveFormat.TAR : Formats.of(head, "");
    if (format != ArchiveFormat.TAR && format != ArchiveFormat.CPIO) {
      stream.close();
      throw new ExtractionException(
          "is no archive of a known format within its " + Decoders.label(compression) + " stream");
    }
    return new StreamedMembers(format, whole, whole::allow, source, false, budget, whenClosed);
  }

  private static ArchiveInputStream<? extends ArchiveEntry> open(
      ArchiveFormat format, InputStream bytes) {
    return switch (format) {
      case TAR -> new TarArchiveInputStream(bytes, 10_240, 512, "UTF-8", true);
      case AR -> new ArArchiveInputStream(bytes);
      case CPIO -> new CpioArchiveInputStream(bytes, "UTF-8");
      case ZIP, GZIP, XZ, BZIP2, ZSTD, LZMA ->
          throw new IllegalArgumentException("no stream of members: " + format);
    };
  }

  @Override
  public @Nullable ArchiveMember next() throws ExtractionException, IOException {
    if (closed || done) {
      return null;
    }
    try {
      source.faults().check();
      skipRest();
      allow.accept(MAX_HEADERS);
      ArchiveEntry entry = archive.getNextEntry();
      source.faults().check();
      if (entry == null) {
        done = true;
        return null;
      }
      budget.entry();
      current = new StreamedMember(entry, this);
      return current;
    } catch (ExtractionException e) {
      throw Decoders.unwrapped(source.faults().note(e));
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw Decoders.unwrapped(source.faults().explain(Decoders.label(format), e));
    } finally {
      allow.accept(Long.MAX_VALUE);
    }
  }

  /** Goes over what was not read of the current member, since headers are read within a bound. */
  private void skipRest() throws ExtractionException, IOException {
    StreamedMember last = current;
    current = null;
    if (last == null || last.size() == 0) {
      return;
    }
    if (format == ArchiveFormat.TAR && (plain || last.isSparse())) {
      for (long left = Long.MAX_VALUE, skipped = 1; skipped > 0; left -= skipped) {
        skipped = archive.skip(left);
      }
    } else {
      // The others have a skip that leaves the member, or none; that of tar takes small pieces and
      // makes an array for each member.
      if (passed.length == 0) {
        passed = new byte[PASSED];
      }
      while (archive.read(passed) >= 0) {
        budget.passedEntry();
      }
    }
  }

  boolean isCurrent(StreamedMember member) {
    return member == current && !closed;
  }

  ArchiveFormat format() {
    return format;
  }

  Budget budget() {
    return budget;
  }

  Source source() {
    return source;
  }

  /** Whether contents lie in the file as they are. */
  boolean isPlain() {
    return plain;
  }

  /** The current member's contents. */
  CheckedStream contents() {
    return contents;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      current = null;
      Closing.quietly(archive);
      whenClosed.accept(this);
    }
  }
}
