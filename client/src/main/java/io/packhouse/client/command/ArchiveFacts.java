package io.packhouse.client.command;

import io.packhouse.engine.read.ArchiveSummary;
import io.packhouse.engine.read.BatchInfo;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an archive says of itself.
 *
 * @param summary whose list of batches is not looked at
 * @param groups of its rows
 * @param batches how many there are
 */
record ArchiveFacts(ArchiveSummary summary, Map<Group, Size> groups, long batches) {
  /** Rows of one package type, repository and nesting. */
  record Group(@Nullable String type, @Nullable String repository, boolean nested) {}

  /** How much there is of a group. */
  record Size(long rows, long batches) {
    Size plus(Size other) {
      return new Size(rows + other.rows, batches + other.batches);
    }
  }

  /** An empty map in the order in which groups are shown. */
  static Map<Group, Size> newGroups() {
    Comparator<String> text = Comparator.nullsFirst(Comparator.naturalOrder());
    return new TreeMap<>(
        Comparator.comparing(Group::type, text)
            .thenComparing(Group::repository, text)
            .thenComparing(Group::nested));
  }

  static ArchiveFacts of(ArchiveSummary summary) {
    Map<Group, Size> groups = newGroups();
    for (BatchInfo batch : summary.batches()) {
      Group group = new Group(batch.packageType(), batch.repository(), batch.nested());
      groups.merge(group, new Size(batch.rows(), 1), Size::plus);
    }
    return new ArchiveFacts(summary, groups, summary.batches().size());
  }
}
