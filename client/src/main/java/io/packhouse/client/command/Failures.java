package io.packhouse.client.command;

import io.packhouse.client.output.OutputException;
import io.packhouse.client.sbom.NoRoomException;
import io.packhouse.engine.codec.NativeCode;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.pack.PackException;
import io.packhouse.engine.restore.RestoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** What an exception means to the user. */
final class Failures {
  private Failures() {}

  /** The exit code for an exception; {@link ExitCode#INTERNAL} for one that is nobody's fault. */
  static int exitCode(Throwable error) {
    return switch (error) {
      case Failure failure -> failure.exitCode();
      case OutputException output -> output.isClosed() ? ExitCode.CLOSED_PIPE : ExitCode.OUTPUT;
      case PackException pack -> exitCode(pack);
      case RestoreException restore -> exitCode(restore);
      case UnsupportedFormatException _ -> ExitCode.NOT_AN_ARCHIVE;
      case CorruptArchiveException _ -> ExitCode.DAMAGED;
      case NoRoomException _ -> ExitCode.OUTPUT;
      case FileErrorException file when file.isNoSpace() -> ExitCode.OUTPUT;
      case InterruptedException _ -> ExitCode.INTERRUPTED;
      case IOException _ -> ExitCode.INPUT;
      case LinkageError _ when NativeCode.zstdProblem() != null -> ExitCode.OUTPUT;
      default -> ExitCode.INTERNAL;
    };
  }

  private static int exitCode(PackException error) {
    if (error.getCause() instanceof OutputException output) {
      return exitCode(output);
    }
    return switch (error.reason()) {
      case INPUT, ENTRY -> ExitCode.INPUT;
      case OUTPUT -> ExitCode.OUTPUT;
      case CANCELLED -> ExitCode.INTERRUPTED;
    };
  }

  private static int exitCode(RestoreException error) {
    return switch (error.reason()) {
      case DESTINATION -> ExitCode.OUTPUT;
      case NOT_FOUND -> ExitCode.INPUT;
      case DAMAGED -> ExitCode.DAMAGED;
      case ENTRY -> {
        if (hasCause(error, MissingBaseException.class)) {
          yield ExitCode.INPUT;
        }
        yield hasCause(error, UnsupportedFormatException.class)
            ? ExitCode.NOT_AN_ARCHIVE
            : ExitCode.OUTPUT;
      }
      case CANCELLED -> ExitCode.INTERRUPTED;
    };
  }

  private static boolean hasCause(Throwable error, Class<? extends IOException> type) {
    Throwable cause = error.getCause();
    // What an entry failed for is wrapped once, to be named.
    return type.isInstance(cause) || (cause != null && type.isInstance(cause.getCause()));
  }

  /** The line for an exception, safe on a terminal. */
  static String message(Throwable error) {
    return oneLine(
        switch (error) {
          case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
          case AccessDeniedException denied -> denied.getFile() + ": permission denied";
          case FileSystemException file when file.getReason() != null ->
              file.getFile() + ": " + file.getReason();
          case InterruptedException _ -> "interrupted";
          case LinkageError _ ->
              "zstd: " + NativeCode.zstdProblem() + "; " + NativeCode.zstdRemedy();
          default -> String.valueOf(error.getMessage());
        });
  }

  /** Control and format characters as escapes: names in messages are whatever an archive says. */
  static String oneLine(@Nullable String text) {
    if (text == null) {
      return "unknown error";
    }
    StringBuilder line = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean hidden =
          Character.isISOControl(c)
              || Character.getType(c) == Character.FORMAT
              || c == '\u2028'
              || c == '\u2029';
      if (hidden && line == null) {
        line = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (line != null) {
        if (hidden) {
          line.append(c == '\n' ? "\\n" : "\\u" + Integer.toHexString(0x10000 | c).substring(1));
        } else {
          line.append(c);
        }
      }
    }
    return line == null ? text : line.toString();
  }
}
