package io.packhouse.engine.format;

/**
 * Constants of the format, version 1.2: magics, lengths, limits and metadata keys.
 *
 * <p>Source: {@code FORMAT.md}.
 */
public final class ArchiveFormat {

  public static final int MAJOR_VERSION = 1;

  /** What an archive says that has nothing of later minor versions. */
  public static final int FIRST_MINOR_VERSION = 0;

  /** The first minor version with columns for digests other than BLAKE3. */
  public static final int DIGESTS_MINOR_VERSION = 1;

  /** The first minor version with contents in other archives. */
  public static final int BASES_MINOR_VERSION = 2;

  /** The first minor version that may have the column {@code extract_siblings}. */
  public static final int SIBLINGS_MINOR_VERSION = 3;

  /** A version of this major one as text, such as {@code 1.0}. */
  public static String version(int minorVersion) {
    return MAJOR_VERSION + "." + minorVersion;
  }

  /** Every aligned part of an archive starts at a multiple of this many bytes. */
  public static final int ALIGNMENT = 8;

  /** "ARROW1", which starts and ends every Arrow IPC file. */
  public static byte[] arrowMagic() {
    return new byte[] {'A', 'R', 'R', 'O', 'W', '1'};
  }

  /** Bytes of the leading magic with its padding. */
  public static final int HEAD_MAGIC_LENGTH = 8;

  /** Bytes of the trailing magic and of the footer length before it. */
  public static final int FOOTER_TRAILER_LENGTH = 10;

  /** First four bytes of every encapsulated Arrow message. */
  public static final int CONTINUATION_MARKER = 0xFFFFFFFF;

  /** Continuation marker and a metadata length of zero. */
  public static final int END_OF_STREAM_LENGTH = 8;

  public static final int DIGEST_LENGTH = 32;

  /** No archive is shorter: head magic, smallest message, marker, seal, trailer. */
  public static final long MIN_ARCHIVE_LENGTH = 154;

  public static final int MAX_FOOTER_LENGTH = 64 << 20;
  public static final int MAX_TABLE_LENGTH = Integer.MAX_VALUE;
  public static final int MAX_BATCH_ROWS = 65_536;
  public static final int MAX_MESSAGE_METADATA_LENGTH = 16 << 20;
  public static final int MAX_BATCH_BODY_LENGTH = 256 << 20;
  public static final int MAX_DECODED_BUFFER_LENGTH = 256 << 20;
  public static final int MAX_STORED_BLOB_LENGTH = 65 << 20;
  public static final int MAX_DECODED_BLOB_LENGTH = 64 << 20;
  public static final int MAX_PATH_LENGTH = 65_535;
  public static final int MAX_METADATA_ENTRIES = 4_096;
  public static final int MAX_METADATA_KEY_LENGTH = 1_024;
  public static final int MAX_METADATA_VALUE_LENGTH = 1 << 20;

  /** How many bases a delta has at most. */
  public static final int MAX_BASES = 16;

  /** The {@code blob} of an extent of zero bytes. */
  public static final long ZEROS = -1;

  /** The {@code blob} of an extent in the first blob of the first base; others count down. */
  public static final long FIRST_BASE_BLOB = -2;

  public static final String KEY_FORMAT_VERSION = "packhouse.format_version";
  public static final String KEY_HEAD_LENGTH = "packhouse.head.length";
  public static final String KEY_HEAD_BLAKE3 = "packhouse.head.blake3";

  /** Prefixes of {@code offset}, {@code length}, {@code rows} and {@code blake3}. */
  public static final String KEY_BLOB_TABLE = "packhouse.blob_table.";

  public static final String KEY_BATCH_DIRECTORY = "packhouse.batch_directory.";
  public static final String KEY_TOTAL = "packhouse.total.";

  /** The bases of a delta, as {@link BaseId} has them. */
  public static final String KEY_BASES = "packhouse.bases";

  /** What stands for the extractors, where rows say which siblings these asked for. */
  public static final String KEY_EXTRACTORS = "packhouse.extractors";

  /** The column that says it. */
  public static final String EXTRACT_SIBLINGS = "extract_siblings";

  public static final String KEY_PRODUCER = "packhouse.producer";
  public static final String KEY_OPTION = "packhouse.option.";

  private ArchiveFormat() {}

  /** Rounds {@code offset} up to the next multiple of {@link #ALIGNMENT}. */
  public static long align(long offset) {
    return (offset + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
