package io.packhouse.spi;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Opens archives inside package files within the {@linkplain ExtractionLimits limits} of an
 * extraction, so that an extractor cannot forget them: all bytes inflated, all members looked at,
 * the depth of archives in archives and the time are counted over the whole extraction, and going
 * past one ends in an {@link ExtractionException} that names it.
 *
 * <p>Damage, encryption, unknown methods and the like end in an {@link ExtractionException} that
 * says what is wrong and where. Streams say it with an {@link ExtractionIOException}, since they
 * may throw nothing else. For one thread; valid until the extraction ends.
 */
public interface ArchiveOpener {

  /**
   * What a file is by its first bytes; of {@link ArchiveFormat#TAR} those up to 262 are looked at.
   *
   * @return null where it is nothing that can be opened
   */
  @Nullable ArchiveFormat detect(PackageFile file) throws IOException;

  /**
   * The directory of a zip. Nothing of its members is read yet. Prefixed zips (executable jars,
   * self-extractors), zip64, data descriptors and duplicate names are understood.
   *
   * @throws ExtractionException where it is no zip, or its directory is damaged or past a limit
   */
  ZipDirectory zip(PackageFile file) throws ExtractionException, IOException;

  /**
   * The members of a zip, tar, ar or cpio, one after another in the order of the file. Around tar
   * and cpio one compressed layer is taken off first ({@code .tar.gz}, {@code .tar.xz}, …).
   *
   * @throws ExtractionException where it is none of these
   */
  MemberStream members(PackageFile file) throws ExtractionException, IOException;

  /**
   * The decompressed bytes of a gzip, xz, bzip2, zstd or lzma file. The caller closes the stream.
   *
   * @throws ExtractionException where it is none of these
   */
  InputStream decompress(PackageFile file) throws ExtractionException, IOException;

  /**
   * Fails where the extraction has used up its time. What is opened here checks by itself; for
   * loops of an extractor's own.
   */
  void checkTime() throws ExtractionException;
}
