package io.packhouse.plugins.maven;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The Java packages that names in a jar lie in. Most entries lie in the same directory as the one
 * before, and cost a comparison only.
 */
final class JarPackages {

  /** Top packages are cut to so many names: {@code org.apache.logging} is telling, two are not. */
  private static final int TOP_NAMES = 3;

  private static final int MAX_LISTED = 32;
  private static final int MAX_COUNTED = 10_000;

  /** How many classes lie in a package and below. */
  private static final class Count {
    long classes;
  }

  private final Map<String, Count> top = new HashMap<>();
  private byte[] last = {};
  private Count current = new Count();
  private byte[] common = {};
  private boolean any;

  /** Takes the class or source {@code name[from, to)}. */
  void add(byte[] name, int from, int to) {
    int end = to - 1;
    while (end >= from && name[end] != '/') {
      end--;
    }
    int length = Math.max(0, end - from);
    if (!any || !Arrays.equals(last, 0, last.length, name, from, from + length)) {
      last = Arrays.copyOfRange(name, from, from + length);
      common = any ? common(common, last) : last;
      any = true;
      String cut = top(last);
      Count count = top.get(cut);
      if (count == null) {
        count = new Count();
        if (top.size() < MAX_COUNTED) {
          top.put(cut, count);
        }
      }
      current = count;
    }
    current.classes++;
  }

  /** Packages cut to their first names, those with the most classes first; at most 32. */
  List<String> topPackages() {
    List<Map.Entry<String, Count>> counted = new ArrayList<>(top.size());
    for (Map.Entry<String, Count> entry : top.entrySet()) {
      if (!entry.getKey().isEmpty()) {
        counted.add(entry);
      }
    }
    counted.sort(JarPackages::compare);
    List<String> names = new ArrayList<>(Math.min(counted.size(), MAX_LISTED));
    for (int i = 0; i < counted.size() && i < MAX_LISTED; i++) {
      names.add(counted.get(i).getKey());
    }
    return names;
  }

  private static int compare(Map.Entry<String, Count> left, Map.Entry<String, Count> right) {
    int order = Long.compare(right.getValue().classes, left.getValue().classes);
    return order != 0 ? order : left.getKey().compareTo(right.getKey());
  }

  /** The package that all lie in or below; empty where there is none. */
  String common() {
    return new String(common, StandardCharsets.UTF_8).replace('/', '.');
  }

  private static String top(byte[] directory) {
    int end = 0;
    for (int names = 0; end < directory.length; end++) {
      if (directory[end] == '/' && ++names == TOP_NAMES) {
        break;
      }
    }
    return new String(directory, 0, end, StandardCharsets.UTF_8).replace('/', '.');
  }

  private static byte[] common(byte[] left, byte[] right) {
    int same = Arrays.mismatch(left, right);
    if (same < 0 || (same == left.length && right[same] == '/')) {
      return left;
    }
    if (same == right.length && left[same] == '/') {
      return right;
    }
    int end = Math.min(same, left.length) - 1;
    while (end > 0 && left[end] != '/') {
      end--;
    }
    return Arrays.copyOf(left, Math.max(end, 0));
  }
}
