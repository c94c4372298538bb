package io.packhouse.client.command;

/** What the command exits with; {@code docs/exit-codes.md} tells users. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int DIFFERENT = 1;
  public static final int USAGE = 2;
  public static final int INPUT = 3;
  public static final int OUTPUT = 4;
  public static final int DAMAGED = 5;
  public static final int NOT_AN_ARCHIVE = 6;
  public static final int PARTIAL = 7;
  public static final int DAEMON = 8;
  public static final int LIMIT = 9;
  public static final int INTERNAL = 70;
  public static final int INTERRUPTED = 130;

  /** The reader of standard output went away: what a shell says of one that SIGPIPE ended. */
  public static final int CLOSED_PIPE = 141;

  // For help: the code, a colon, what it means.
  static final String OK_TEXT = "0:all went well";
  static final String DIFFERENT_TEXT = "1:diff found differences";
  static final String USAGE_TEXT = "2:wrong usage, or an option out of range";
  static final String INPUT_TEXT =
      "3:an input is missing or cannot be read, or a path is not in the archive";
  static final String OUTPUT_TEXT =
      "4:the output exists, lies inside an input, or cannot be written";
  static final String DAMAGED_TEXT = "5:the archive is damaged";
  static final String NOT_AN_ARCHIVE_TEXT = "6:no Packhouse archive, or of a newer version";
  static final String PARTIAL_TEXT = "7:done but for the entries named, with --keep-going";
  static final String DAEMON_TEXT = "8:the daemon cannot be reached, has refused, or has failed";
  static final String LIMIT_TEXT = "9:a query is beyond its limits of time, memory or rows";
  static final String INTERNAL_TEXT = "70:internal error, please report it";
  static final String INTERRUPTED_TEXT =
      "130:interrupted (143 by SIGTERM); nothing is half-written";
  static final String CLOSED_PIPE_TEXT = "141:the reader of standard output closed it";

  private ExitCode() {}
}
