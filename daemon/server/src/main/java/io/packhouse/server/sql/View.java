package io.packhouse.server.sql;

import io.packhouse.sql.Segment;
import io.packhouse.sql.Unready;
import java.util.List;

/**
 * What a caller may see, as it is now.
 *
 * @param segments with the tables of archives
 * @param unready archives whose tables are not there
 */
record View(List<Segment> segments, List<Unready> unready) {
  View {
    segments = List.copyOf(segments);
    unready = List.copyOf(unready);
  }
}
