package io.packhouse.server.audit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of who does what.
 *
 * @param enabled whether anything is
 * @param file takes a line of JSON for each event; null for the log
 * @param reads whether calls that change nothing are noted too
 */
public record AuditSettings(boolean enabled, @Nullable Path file, boolean reads) {
  public static final AuditSettings DEFAULT = new AuditSettings(true, null, false);

  public AuditSettings {
    if (reads && !enabled) {
      throw new IllegalArgumentException("reads needs enabled");
    }
  }
}
