package io.packhouse.engine.fs;

import java.util.HashMap;
import java.util.Map;

/**
 * Error numbers of Linux (generic architectures: x86-64 and aarch64 agree), their names and the
 * text that the C library gives in the C locale. The portable implementation uses the same numbers
 * on every system.
 */
public final class Errno {

  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int E2BIG = 7;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int ESPIPE = 29;
  public static final int EROFS = 30;
  public static final int ERANGE = 34;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ENOTEMPTY = 39;
  public static final int ELOOP = 40;
  public static final int ENODATA = 61;
  public static final int EILSEQ = 84;
  public static final int ENOTSUP = 95;
  public static final int ESTALE = 116;
  public static final int EDQUOT = 122;
  public static final int ECANCELED = 125;

  private static final String TABLE =
      """
      1 EPERM Operation not permitted
      2 ENOENT No such file or directory
      4 EINTR Interrupted system call
      5 EIO Input/output error
      6 ENXIO No such device or address
      7 E2BIG Argument list too long
      9 EBADF Bad file descriptor
      11 EAGAIN Resource temporarily unavailable
      12 ENOMEM Cannot allocate memory
      13 EACCES Permission denied
      16 EBUSY Device or resource busy
      17 EEXIST File exists
      18 EXDEV Invalid cross-device link
      19 ENODEV No such device
      20 ENOTDIR Not a directory
      21 EISDIR Is a directory
      22 EINVAL Invalid argument
      23 ENFILE Too many open files in system
      24 EMFILE Too many open files
      26 ETXTBSY Text file busy
      27 EFBIG File too large
      28 ENOSPC No space left on device
      29 ESPIPE Illegal seek
      30 EROFS Read-only file system
      31 EMLINK Too many links
      32 EPIPE Broken pipe
      34 ERANGE Numerical result out of range
      36 ENAMETOOLONG File name too long
      38 ENOSYS Function not implemented
      39 ENOTEMPTY Directory not empty
      40 ELOOP Too many levels of symbolic links
      61 ENODATA No data available
      75 EOVERFLOW Value too large for defined data type
      84 EILSEQ Invalid or incomplete multibyte or wide character
      95 ENOTSUP Operation not supported
      107 ENOTCONN Transport endpoint is not connected
      110 ETIMEDOUT Connection timed out
      111 ECONNREFUSED Connection refused
      116 ESTALE Stale file handle
      117 EUCLEAN Structure needs cleaning
      121 EREMOTEIO Remote I/O error
      122 EDQUOT Disk quota exceeded
      123 ENOMEDIUM No medium found
      125 ECANCELED Operation canceled
      """;

  private static final Map<Integer, String> NAMES = new HashMap<>();
  private static final Map<Integer, String> TEXTS = new HashMap<>();
  private static final Map<String, Integer> NUMBERS = new HashMap<>();

  static {
    for (String line : TABLE.lines().toList()) {
      String[] fields = line.split(" ", 3);
      Integer number = Integer.valueOf(fields[0]);
      NAMES.put(number, fields[1]);
      TEXTS.put(number, fields[2]);
      NUMBERS.put(fields[2], number);
    }
  }

  private Errno() {}

  /** The symbolic name, such as {@code ENOENT}; {@code errno 1234} for one that is not known. */
  public static String name(int errno) {
    return NAMES.getOrDefault(errno, "errno " + errno);
  }

  /** What it means, such as {@code No such file or directory}. */
  static String text(int errno) {
    return TEXTS.getOrDefault(errno, "Unknown error");
  }

  /** The number that a system's text stands for; {@link #EIO} for a text that is not known. */
  public static int ofText(String text) {
    return NUMBERS.getOrDefault(text, EIO);
  }
}
