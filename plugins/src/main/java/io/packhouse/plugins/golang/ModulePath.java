package io.packhouse.plugins.golang;

import io.packhouse.plugins.purl.Purl;
import org.jspecify.annotations.Nullable;

/**
 * A module at a version.
 *
 * @param module its path, unescaped
 * @param version unescaped, with its {@code v}
 */
record ModulePath(String module, String version) {

  private static final String AT_V = "/@v/";
  private static final String CACHE = "cache/download/";
  private static final int MAX_LENGTH = 4_096;

  /**
   * The coordinates that a path in the layout has. The module begins after {@code cache/download/}
   * where that is there; else at the first directory whose name has a dot, as the first element of
   * a module path that can be downloaded has.
   *
   * @param stated the module that the file itself states; where the path ends with it, it counts
   * @return null where the path is in no layout
   */
  static @Nullable ModulePath ofLayout(String path, @Nullable String stated) {
    int at = path.lastIndexOf(AT_V);
    int dot = path.lastIndexOf('.');
    if (at <= 0 || dot < at + AT_V.length() || path.length() > MAX_LENGTH) {
      return null;
    }
    String escaped = path.substring(at + AT_V.length(), dot);
    String version = escaped.indexOf('/') >= 0 ? null : unescape(escaped);
    String whole = unescape(path.substring(0, at));
    if (version == null || version.isEmpty() || whole == null) {
      return null;
    }
    if (stated != null && (whole.equals(stated) || whole.endsWith("/" + stated))) {
      return new ModulePath(stated, version);
    }
    int cache = whole.lastIndexOf(CACHE);
    if (cache >= 0 && (cache == 0 || whole.charAt(cache - 1) == '/')) {
      String module = whole.substring(cache + CACHE.length());
      return module.isEmpty() ? null : new ModulePath(module, version);
    }
    for (int from = 0; from >= 0 && from < whole.length(); from = whole.indexOf('/', from) + 1) {
      int slash = whole.indexOf('/', from);
      if (whole.substring(from, slash < 0 ? whole.length() : slash).indexOf('.') > 0) {
        return new ModulePath(whole.substring(from), version);
      }
      if (slash < 0) {
        break;
      }
    }
    return new ModulePath(whole, version);
  }

  /**
   * The coordinates in the name of a module zip's member, {@code module@version/…}.
   *
   * @return null where the name has no such prefix
   */
  static @Nullable ModulePath ofMember(String name) {
    int at = name.indexOf('@');
    int slash = name.indexOf('/', at + 1);
    if (at <= 0 || slash < 0 || slash > MAX_LENGTH || name.charAt(0) == '/') {
      return null;
    }
    String version = name.substring(at + 1, slash);
    boolean semantic =
        version.length() >= 6
            && version.charAt(0) == 'v'
            && Character.isDigit(version.charAt(1))
            && version.indexOf('.') > 0;
    String module = name.substring(0, at);
    return semantic && !module.contains("//") && !module.contains("..") && !module.endsWith("/")
        ? new ModulePath(module, version)
        : null;
  }

  /** The prefix of all members of its zip. */
  String prefix() {
    return module + "@" + version + "/";
  }

  /** As the purl type asks for: lower case, the last element left out; null where it is alone. */
  @Nullable String namespace() {
    int slash = module.lastIndexOf('/');
    return slash < 0 ? null : Purl.namespace("golang", module.substring(0, slash));
  }

  /** The last element in lower case. */
  String name() {
    return Purl.name("golang", module.substring(module.lastIndexOf('/') + 1));
  }

  /** Null where the text is not in the escaped form. */
  static @Nullable String unescape(String escaped) {
    StringBuilder plain = new StringBuilder(escaped.length());
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '!') {
        if (++i == escaped.length() || escaped.charAt(i) < 'a' || escaped.charAt(i) > 'z') {
          return null;
        }
        c = (char) (escaped.charAt(i) - 'a' + 'A');
      } else if (c >= 'A' && c <= 'Z') {
        return null;
      }
      plain.append(c);
    }
    return plain.toString();
  }
}
