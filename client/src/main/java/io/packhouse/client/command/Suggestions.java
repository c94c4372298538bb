package io.packhouse.client.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Paths near one that is not in an archive: the same but for case, the same name in another
 * directory, a sibling with a similar name. Looks for a bounded time, since nobody waits for
 * advice.
 */
final class Suggestions {
  private static final long PATIENCE_NANOS = 500_000_000;
  private static final int LIMIT = 3;

  /** Longer names are not compared letter by letter. */
  private static final int MAX_NAME_CHARS = 255;

  @SuppressWarnings("ArrayRecordComponent") // nobody changes it
  private record Candidate(int cost, byte[] path) {}

  private Suggestions() {}

  /** Display forms of at most three paths, the nearest first. */
  static List<String> near(ArchiveView archive, byte[] path) throws IOException {
    String wanted = text(path);
    String wantedLower = wanted.toLowerCase(Locale.ROOT);
    String wantedName = name(wantedLower);
    String wantedParent = parent(wantedLower);
    List<Candidate> candidates = new ArrayList<>();
    long start = System.nanoTime();
    EntryView.Cursor entries = archive.entries(ArchiveView.Listing.TREE);
    for (EntryView entry = entries.next(); entry != null; entry = entries.next()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        break;
      }
      byte[] bytes = entry.pathBytes();
      int cost = cost(text(bytes).toLowerCase(Locale.ROOT), wantedLower, wantedName, wantedParent);
      if (cost < Integer.MAX_VALUE) {
        candidates.add(new Candidate(cost, bytes));
        if (candidates.size() > 64) {
          keepNearest(candidates);
        }
      }
    }
    keepNearest(candidates);
    return candidates.stream().map(candidate -> Archives.display(candidate.path())).toList();
  }

  private static void keepNearest(List<Candidate> candidates) {
    // The sort is stable: of two as near, the first in the archive's order stays.
    candidates.sort(Comparator.comparingInt(Candidate::cost));
    if (candidates.size() > LIMIT) {
      candidates.subList(LIMIT, candidates.size()).clear();
    }
  }

  private static int cost(String path, String wanted, String wantedName, String wantedParent) {
    if (path.equals(wanted)) {
      return 0;
    }
    if (path.isEmpty() || wantedName.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    String name = name(path);
    if (name.equals(wantedName)) {
      return 1;
    }
    int allowed = Math.max(1, wantedName.length() / 4);
    if (!parent(path).equals(wantedParent)
        || Math.abs(name.length() - wantedName.length()) > allowed) {
      return Integer.MAX_VALUE;
    }
    int distance = distance(name, wantedName);
    return distance <= allowed ? 1 + distance : Integer.MAX_VALUE;
  }

  /**
   * Letters to insert, delete, change or swap with their neighbour: the optimal string alignment
   * distance, by a table of which three rows are kept.
   */
  static int distance(String left, String right) {
    if (left.length() > MAX_NAME_CHARS || right.length() > MAX_NAME_CHARS) {
      return Integer.MAX_VALUE;
    }
    int[] twoAbove = new int[right.length() + 1];
    int[] above = new int[right.length() + 1];
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] free = twoAbove;
      twoAbove = above;
      above = row;
      row = free;
      row[0] = i;
      char letter = left.charAt(i - 1);
      for (int j = 1; j <= right.length(); j++) {
        char other = right.charAt(j - 1);
        int change = above[j - 1] + (letter == other ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
        if (i > 1 && j > 1 && letter == right.charAt(j - 2) && left.charAt(i - 2) == other) {
          row[j] = Math.min(row[j], 1 + twoAbove[j - 2]);
        }
      }
    }
    return row[right.length()];
  }

  private static String text(byte[] path) {
    return new String(path, StandardCharsets.UTF_8);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
