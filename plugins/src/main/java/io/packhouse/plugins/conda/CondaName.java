package io.packhouse.plugins.conda;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parts of a stem. */
record CondaName(String name, String version, String build) {

  private static final int MAX_LENGTH = 512;

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.-]*)-([A-Za-z0-9][A-Za-z0-9_.!+]*)-([\\w.+]+)");

  /** Null where the stem is of another form. Neither version nor build has a {@code -} in it. */
  static @Nullable CondaName of(String stem) {
    if (stem.length() > MAX_LENGTH) {
      return null;
    }
    Matcher form = FORM.matcher(stem);
    return form.matches() ? new CondaName(form.group(1), form.group(2), form.group(3)) : null;
  }
}
