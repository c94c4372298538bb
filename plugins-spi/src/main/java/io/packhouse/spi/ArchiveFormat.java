package io.packhouse.spi;

/** What an {@link ArchiveOpener} opens, as the first bytes of a file tell. */
public enum ArchiveFormat {
  /** Members behind a central directory; jars, wheels and the like are zips. */
  ZIP(true, false),
  /** POSIX tar with its pax, GNU and old forms. */
  TAR(true, false),
  /** Common ar with GNU or BSD names; {@code .deb} files are ars. */
  AR(true, false),
  /** cpio in its binary, old ASCII and new ASCII forms. */
  CPIO(true, false),
  /** RFC 1952, several members allowed. */
  GZIP(false, true),
  /** The {@code .xz} container. */
  XZ(false, true),
  /** bzip2, several streams allowed. */
  BZIP2(false, true),
  /** RFC 8878, several and skippable frames allowed. */
  ZSTD(false, true),
  /** The {@code .lzma} form that came before {@link #XZ}; told by name, since it has no magic. */
  LZMA(false, true);

  private final boolean hasMembers;
  private final boolean compressed;

  ArchiveFormat(boolean hasMembers, boolean compressed) {
    this.hasMembers = hasMembers;
    this.compressed = compressed;
  }

  /** Whether files of this format hold members. */
  public boolean hasMembers() {
    return hasMembers;
  }

  /** Whether files of this format are one compressed stream. */
  public boolean isCompressed() {
    return compressed;
  }
}
