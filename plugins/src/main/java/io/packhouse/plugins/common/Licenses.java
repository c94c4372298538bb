package io.packhouse.plugins.common;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells SPDX license expressions from what packages declare: expressions, identifiers in any case,
 * names, addresses of licenses, and the forms that many packages use instead. What cannot be told
 * for sure has none: "BSD" and "GPL" alone are several licenses each.
 *
 * <p>The grammar is that of the SPDX specification 2.3, annex D; the list comes with the plugins.
 * Thread-safe.
 */
public final class Licenses {

  private static final int MAX_LENGTH = 4_096;

  /**
   * Told lately, since a tree's packages have few different ones; forgotten when there are many.
   */
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private static final int MAX_KNOWN = 1_000;
  private static final int MAX_KNOWN_LENGTH = 256;

  /** No expression can be told. */
  private static final String NONE = "";

  private Licenses() {}

  /**
   * The expression for one declared text.
   *
   * @return canonical, or null where none can be told
   */
  public static @Nullable String expression(@Nullable String declared) {
    if (declared == null || declared.length() > MAX_LENGTH) {
      return null;
    }
    String text = declared.strip();
    if (text.isEmpty()) {
      return null;
    }
    String known = KNOWN.get(text);
    if (known == null) {
      String expression = LicenseExpression.canonical(text);
      expression = expression == null ? SpdxList.idOf(text) : expression;
      known = expression == null ? NONE : expression;
      if (text.length() <= MAX_KNOWN_LENGTH) {
        if (KNOWN.size() >= MAX_KNOWN) {
          KNOWN.clear();
        }
        KNOWN.put(text, known);
      }
    }
    return known.isEmpty() ? null : known;
  }

  /** An SPDX expression in its canonical form; null where it names what is not listed. */
  public static @Nullable String canonical(String expression) {
    return LicenseExpression.canonical(expression);
  }

  /**
   * One expression for several declared licenses, all of which must be told.
   *
   * @param operator {@code AND} where all apply, {@code OR} where one may choose
   * @return null where there is none, or one cannot be told
   */
  public static @Nullable String all(List<String> declared, String operator) {
    Set<String> expressions = new LinkedHashSet<>();
    for (String one : declared) {
      String expression = expression(one);
      if (expression == null) {
        return null;
      }
      expressions.add(expression);
    }
    if (expressions.size() <= 1) {
      return expressions.isEmpty() ? null : expressions.iterator().next();
    }
    List<String> operands = new ArrayList<>();
    for (String expression : expressions) {
      boolean compound = expression.contains(" AND ") || expression.contains(" OR ");
      operands.add(compound ? "(" + expression + ")" : expression);
    }
    return String.join(" " + operator + " ", operands);
  }
}
