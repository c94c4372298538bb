package io.packhouse.extraction.archive;

import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/** A member of a tar, ar or cpio: to be read once, before the next. */
final class StreamedMember implements ArchiveMember {

  private final StreamedMembers archive;
  private final String name;
  private final Kind kind;
  private final @Nullable String linkTarget;
  private final long size;
  private final @Nullable Long modifiedNanos;
  private final boolean sparse;
  private final long dataOffset;
  private boolean taken;

  /** The member that {@code archive} has just come to. */
  StreamedMember(ArchiveEntry entry, StreamedMembers archive) throws ExtractionException {
    this.archive = archive;
    this.name = Names.normal(entry.getName());
    TarArchiveEntry tar = entry instanceof TarArchiveEntry t ? t : null;
    this.kind = tar != null ? kind(tar) : entry instanceof CpioArchiveEntry c ? kind(c) : Kind.FILE;
    this.linkTarget = tar != null && kind == Kind.LINK ? tar.getLinkName() : null;
    this.sparse = tar != null && tar.isSparse();
    this.size = sparse && tar != null ? tar.getRealSize() : entry.getSize();
    this.modifiedNanos = modified(entry, tar);
    this.dataOffset = archive.source().position();
    if (size < 0) {
      throw new ExtractionException(label() + " has a negative size: " + size);
    }
    // The library takes a cut member that nobody reads for the end.
    if (archive.format() == ArchiveFormat.AR && size > archive.source().remaining()) {
      throw new ExtractionException(label() + " ends outside the file");
    }
  }

  private static Kind kind(TarArchiveEntry entry) {
    if (entry.isDirectory()) {
      return Kind.DIRECTORY;
    } else if (entry.isSymbolicLink() || entry.isLink()) {
      return Kind.LINK;
    }
    return entry.isFile() && !entry.isFIFO() && !entry.isCharacterDevice() && !entry.isBlockDevice()
        ? Kind.FILE
        : Kind.OTHER;
  }

  private static Kind kind(CpioArchiveEntry entry) {
    if (entry.isDirectory()) {
      return Kind.DIRECTORY;
    } else if (entry.isSymbolicLink()) {
      return Kind.LINK;
    }
    return entry.isRegularFile() ? Kind.FILE : Kind.OTHER;
  }

  private static @Nullable Long modified(ArchiveEntry entry, @Nullable TarArchiveEntry tar) {
    Instant time =
        tar != null
            ? tar.getLastModifiedTime().toInstant()
            : entry.getLastModifiedDate().toInstant();
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    } catch (ArithmeticException e) {
      // Out of the range of ns, so nobody's true time.
      return null;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public @Nullable String linkTarget() {
    return linkTarget;
  }

  @Override
  public long size() {
    return size;
  }

  /** Whether it is longer than what the archive has of it. */
  boolean isSparse() {
    return sparse;
  }

  @Override
  public @Nullable Long modifiedNanos() {
    return modifiedNanos;
  }

  @Override
  public byte[] bytes(int maxSize) throws ExtractionException, IOException {
    Contents.checkSize(size, maxSize, label());
    try (InputStream stream = stream()) {
      return Contents.read(stream, size, maxSize, label());
    }
  }

  @Override
  public InputStream stream() throws ExtractionException, IOException {
    take();
    InputStream contents = new Open(archive.contents());
    return new MemberData(contents, label(), size, null, 0, archive.source().faults());
  }

  @Override
  public PackageFile file(String path) throws ExtractionException, IOException {
    PackageFile outer = archive.source().file();
    int depth = NestedFile.depth(outer) + 1;
    archive.budget().checkDepth(depth);
    if (archive.isPlain() && !sparse) {
      if (size > outer.size() - dataOffset) {
        throw new ExtractionException(label() + " ends outside the file");
      }
      return NestedFile.view(path, outer, dataOffset, size);
    }
    int max = (int) Math.min(SafeArchiveOpener.MAX_IN_MEMORY, archive.budget().inflatable());
    return new NestedFile(path, PackageFile.of(path, ByteBuffer.wrap(bytes(max))), 0, size, depth);
  }

  private void take() {
    if (!archive.isCurrent(this)) {
      throw new IllegalStateException("the archive has gone on from " + label());
    }
    if (taken) {
      throw new IllegalStateException("contents were read before: " + label());
    }
    taken = true;
  }

  private String label() {
    return Decoders.label(archive.format()) + " member " + Names.shown(name);
  }

  /** Contents that end when the archive goes on; closing them leaves the archive open. */
  private final class Open extends FilterInputStream {

    Open(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (!archive.isCurrent(StreamedMember.this)) {
        throw new IOException("the archive has gone on from " + label());
      }
      int read = super.read(target, offset, length);
      if (sparse && read > 0) {
        try {
          archive.budget().inflated(read);
        } catch (ExtractionException e) {
          throw archive.source().faults().note(e);
        }
      }
      return read;
    }

    @Override
    public void close() {
      // The archive's own.
    }
  }
}
