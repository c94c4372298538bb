package io.packhouse.plugins.rpm;

import io.packhouse.spi.ExtractionException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Capabilities: three arrays of a header, of names, flags and versions, side by side. */
final class RpmCapabilities {

  private static final int LESS = 1 << 1;
  private static final int GREATER = 1 << 2;
  private static final int EQUAL = 1 << 3;
  private static final int RPMLIB = 1 << 24;

  /**
   * One capability.
   *
   * @param operator {@code <}, {@code <=}, {@code =}, {@code >=} or {@code >}; null with {@code
   *     version}
   */
  record Capability(String name, long flags, @Nullable String operator, @Nullable String version) {

    /** Operator and version. */
    @Nullable String requirement() {
      return operator == null ? null : operator + " " + version;
    }

    /** As rpm writes it. */
    String text() {
      return operator == null ? name : name + " " + operator + " " + version;
    }

    /** Whether it is a feature of rpm itself. */
    boolean isRpmlib() {
      return (flags & RPMLIB) != 0 || name.startsWith("rpmlib(");
    }
  }

  private RpmCapabilities() {}

  /** Those of three tags; without flags or versions the names alone. */
  static List<Capability> read(RpmHeader header, int names, int flags, int versions)
      throws ExtractionException {
    List<String> allNames = header.texts(names);
    List<Long> allFlags = header.numbers(flags);
    List<String> allVersions = header.texts(versions);
    List<Capability> found = new ArrayList<>();
    for (int i = 0; i < allNames.size(); i++) {
      String name = allNames.get(i).strip();
      if (name.isEmpty()) {
        continue;
      }
      long bits = i < allFlags.size() ? allFlags.get(i) : 0;
      String version = i < allVersions.size() ? allVersions.get(i).strip() : "";
      String operator = version.isEmpty() ? null : operator(bits);
      found.add(new Capability(name, bits, operator, operator == null ? null : version));
    }
    return found;
  }

  private static @Nullable String operator(long flags) {
    String operator =
        ((flags & LESS) != 0 ? "<" : "")
            + ((flags & GREATER) != 0 ? ">" : "")
            + ((flags & EQUAL) != 0 ? "=" : "");
    return operator.isEmpty() ? null : operator;
  }
}
