import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Draws the pictures of the documentation as SVG: {@code java docs/pictures/Draw.java [FOLDER]},
 * without a folder beside this file. A test holds them against it. All numbers are pixels.
 *
 * <p>They bring colours for light and dark pages, and a background for those that are neither.
 */
public final class Draw {

  private static final String STYLE =
      """
      <style>
      .page { fill: #fbfbf9; } text { fill: #24292f; } .note { fill: #59636e; } .line { stroke: #59636e; fill: none; } .tip { fill: #59636e; }
      .index { fill: #d7e5f5; stroke: #3b6ea5; } .data { fill: #f7e3d2; stroke: #c2410c; } .proof { fill: #dcefdc; stroke: #3f7d4a; }
      .plain { fill: #ffffff; stroke: #8c959f; } .group { fill: none; stroke: #8c959f; stroke-dasharray: 4 3; }
      @media (prefers-color-scheme: dark) {
      .page { fill: #161b22; } text { fill: #e6edf3; } .note { fill: #9da7b3; } .line { stroke: #9da7b3; } .tip { fill: #9da7b3; }
      .index { fill: #1d3350; stroke: #6ea4dd; } .data { fill: #4a2a14; stroke: #e8854a; } .proof { fill: #1c3a24; stroke: #6cbd7c; }
      .plain { fill: #22272e; stroke: #768390; } .group { stroke: #768390; }
      }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();

  private Draw(int width, int height, String title) {
    svg.append(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="13" role="img">
            <!-- Drawn by docs/pictures/Draw.java. -->
            <title>%3$s</title>
            """
                .formatted(width, height, escape(title)))
        .append(STYLE)
        .append(
            "<rect class=\"page\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n"
                .formatted(width, height));
  }

  /** All pictures by the names of their files. */
  public static Map<String, String> all() {
    return Map.of("format.svg", format(), "pipeline.svg", pipeline(), "parts.svg", parts());
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "docs/pictures");
    for (var picture : all().entrySet()) {
      Files.writeString(folder.resolve(picture.getKey()), picture.getValue());
    }
  }

  private static String format() {
    Draw draw = new Draw(860, 478, "An archive, from its first byte to its last");
    int left = 64;
    int right = 364;
    int[] top = new int[10];
    int y = 56;
    String[][] rows = {
      {"index", "\"ARROW1\", schema"},
      {"data", "blob", "blob", "blob", "…"},
      {"index", "batch of index rows"},
      {"data", "blob", "blob", "…"},
      {"index", "batch of index rows"},
      {"plain", "end-of-stream marker"},
      {"proof", "blob table"},
      {"proof", "batch directory"},
      {"proof", "seal, 64 bytes"},
      {"index", "Arrow footer, \"ARROW1\""},
    };
    for (int i = 0; i < rows.length; i++) {
      int height = i == 5 ? 26 : 36;
      top[i] = y + height / 2;
      int cells = rows[i].length - 1;
      int width = (right - left) / cells;
      for (int cell = 0; cell < cells; cell++) {
        draw.box(left + cell * width, y, width, height, rows[i][0], rows[i][cell + 1]);
      }
      y += height;
    }
    draw.text(left - 12, 70, "end", "note", "0");
    draw.text(left - 12, y - 4, "end", "note", "size");
    draw.text(
        24,
        32,
        "start",
        "",
        "One file, written front to back, and an Arrow IPC file to every Arrow reader");

    // What points where: each source has a lane of its own, and its words right of all lanes.
    int words = 478;
    draw.lane(right, 384, top[2], top[1]);
    draw.lane(right, 384, top[4], top[3]);
    draw.words(words, top[2], "extents of each entry:", "which bytes of which blobs it is made of");
    draw.words(
        words,
        top[4],
        "path, mode, times, digest, package URL,",
        "license, dependencies of each entry");
    draw.lane(right, 404, top[6] - 4, top[1] + 6, top[3] + 6);
    draw.words(words, top[6], "place and digest of every blob");
    draw.lane(right, 424, top[7] - 4, top[2] + 8, top[4] + 8);
    draw.words(words, top[7], "place, digest and first and last path of every batch");
    draw.lane(right, 384, top[8], top[9] - 8);
    draw.words(words, top[8], "digest of the footer: it is the archive's id");
    draw.lane(right, 444, top[9] + 2, top[6] + 8, top[7] + 8);
    draw.words(words, top[9], "digests of both tables and of the head, options");

    int legend = y + 28;
    draw.box(left, legend, 16, 16, "index");
    draw.text(left + 24, legend + 13, "start", "", "what an Arrow reader sees");
    draw.box(left + 220, legend, 16, 16, "data");
    draw.text(left + 244, legend + 13, "start", "", "contents: zstd frames, or raw bytes");
    draw.box(left + 500, legend, 16, 16, "proof");
    draw.text(left + 524, legend + 13, "start", "", "what finds and proves them");
    return draw.end();
  }

  private static String pipeline() {
    Draw draw = new Draw(980, 330, "How a tree becomes an archive");
    draw.text(
        24,
        32,
        "start",
        "",
        "Work runs in any order, what is decided runs in the order of the walk: the bytes are the"
            + " same with 1 worker or 16");
    int y = 84;
    String[][] stages = {
      {"plain", "tree"},
      {"index", "walk"},
      {"data", "read", "hash", "extract"},
      {"index", "place"},
      {"data", "compress", "encode"},
      {"index", "write"},
      {"plain", "archive"},
    };
    int[] xs = {24, 148, 284, 442, 578, 736, 868};
    int[] widths = {84, 96, 104, 96, 104, 92, 88};
    for (int i = 0; i < stages.length; i++) {
      boolean many = stages[i][0].equals("data");
      for (int copy = many ? 2 : 0; copy >= 0; copy--) {
        String[] lines =
            copy > 0 ? new String[0] : Arrays.copyOfRange(stages[i], 1, stages[i].length);
        draw.box(xs[i] + copy * 6, y - copy * 6, widths[i], 76, stages[i][0], lines);
      }
      if (i > 0) {
        boolean after = stages[i - 1][0].equals("data");
        draw.arrow(xs[i - 1] + widths[i - 1] + (after ? 14 : 2), y + 38, xs[i] - 3, y + 38);
      }
    }
    String[][] notes = {
      {},
      {"1 thread,", "in path order"},
      {"workers,", "in any order"},
      {"in order: duplicates,", "blobs, index rows"},
      {"workers,", "in any order"},
      {"1 thread,", "in order"},
      {"sync, then", "renamed"},
    };
    for (int i = 0; i < notes.length; i++) {
      for (int line = 0; line < notes[i].length; line++) {
        draw.text(xs[i] + widths[i] / 2, y + 98 + line * 17, "middle", "note", notes[i][line]);
      }
    }
    int pool = 246;
    for (int slot = 0; slot < 14; slot++) {
      draw.box(236 + slot * 35, pool, 35, 28, slot % 5 == 3 ? "plain" : "proof");
    }
    draw.arrow(236 - 3, pool + 14, 196, pool + 14, 196, y + 126);
    draw.arrow(782, y + 126, 782, pool + 14, 729, pool + 14);
    draw.text(
        481,
        pool + 50,
        "middle",
        "note",
        "slots: memory taken once. The walk waits for free ones, which is all that bounds what is"
            + " under way");
    draw.text(188, pool + 14, "end", "note", "two for each item");
    draw.text(792, pool + 14, "start", "note", "given back");
    return draw.end();
  }

  private static String parts() {
    Draw draw = new Draw(980, 430, "The parts, and what they say to each other");
    int w = 190;
    draw.box(24, 40, w, 58, "data", "packhouse", "the command");
    draw.box(24, 136, w, 58, "plain", "programs", "Java library, gRPC stubs");
    draw.box(24, 232, w, 58, "plain", "SQL clients", "JDBC, ADBC, Flight SQL");
    draw.box(24, 342, w, 58, "plain", "Arrow readers", "pyarrow, Polars, DuckDB");

    draw.box(372, 40, 300, 40, "index", "engine, in the command's own process");
    draw.box(372, 112, 300, 190, "group");
    draw.text(388, 134, "start", "", "packhoused");
    draw.box(388, 146, 130, 40, "data", "gRPC services");
    draw.box(528, 146, 130, 40, "data", "Flight, Flight SQL");
    draw.box(388, 196, 130, 40, "data", "operations");
    draw.box(528, 196, 130, 40, "data", "catalog");
    draw.box(388, 246, 130, 40, "index", "engine");
    draw.box(528, 246, 130, 40, "data", "tables for SQL");

    draw.box(762, 40, w, 40, "plain", "directory trees");
    draw.box(762, 112, w, 70, "index", "archives", "*.pkh in folders");
    draw.box(762, 212, w, 40, "proof", "DuckDB: own processes");
    draw.box(762, 262, w, 40, "proof", "plugins: own processes");

    draw.arrow(216, 60, 369, 60);
    draw.text(292, 52, "middle", "note", "no daemon needed");
    draw.arrow(216, 84, 286, 84, 286, 150, 369, 150);
    draw.text(292, 112, "start", "note", "--daemon");
    draw.arrow(216, 165, 369, 165);
    draw.text(224, 157, "start", "note", "gRPC");
    draw.arrow(216, 261, 286, 261, 286, 180, 369, 180);
    draw.text(292, 226, "start", "note", "Flight SQL");
    draw.arrow(216, 371, 966, 371, 966, 147, 955, 147);
    draw.text(520, 363, "middle", "note", "the file as it is: nothing of Packhouse is needed");
    draw.arrow(759, 60, 675, 60);
    draw.text(717, 52, "middle", "note", "read");
    draw.arrow(675, 74, 716, 74, 716, 126, 759, 126);
    draw.arrow(675, 150, 759, 150);
    draw.arrow(675, 232, 759, 232);
    draw.arrow(675, 282, 759, 282);
    draw.text(717, 224, "middle", "note", "limits");
    draw.text(717, 274, "middle", "note", "limits");
    return draw.end();
  }

  private void box(int x, int y, int width, int height, String style, String... lines) {
    svg.append(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>\n"
            .formatted(style, x, y, width, height));
    int baseline = y + height / 2 + 5 - (lines.length - 1) * 9;
    for (String line : lines) {
      text(x + width / 2, baseline, "middle", "", line);
      baseline += 18;
    }
  }

  private void text(int x, int y, String anchor, String style, String words) {
    if (words.isEmpty()) {
      return;
    }
    svg.append(
        "<text%s x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n"
            .formatted(
                style.isEmpty() ? "" : " class=\"" + style + "\"", x, y, anchor, escape(words)));
  }

  /** Words at the height of a box's middle, one line or two. */
  private void words(int x, int middle, String... lines) {
    for (int i = 0; i < lines.length; i++) {
      text(x, middle + 5 - (lines.length - 1) * 8 + i * 16, "start", "", lines[i]);
    }
  }

  /** From the right edge of a box out to a lane, along it, and back to other boxes. */
  private void lane(int edge, int lane, int from, int... to) {
    for (int target : to) {
      arrow(edge, from, lane, from, lane, target, edge + 3, target);
    }
  }

  /** A line through points, x and y in turn, each straight across or straight up and down. */
  private void arrow(int... points) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < points.length; i += 2) {
      line.append(i == 0 ? "" : " ").append(points[i]).append(',').append(points[i + 1]);
    }
    svg.append("<polyline class=\"line\" points=\"%s\"/>\n".formatted(line));
    int x = points[points.length - 2];
    int y = points[points.length - 1];
    int dx = Integer.signum(x - points[points.length - 4]);
    int dy = Integer.signum(y - points[points.length - 3]);
    svg.append(
        String.format(
            Locale.ROOT,
            "<polygon class=\"tip\" points=\"%d,%d %d,%d %d,%d\"/>\n",
            x + dx,
            y + dy,
            x - 8 * dx - 4 * dy,
            y - 8 * dy - 4 * dx,
            x - 8 * dx + 4 * dy,
            y - 8 * dy + 4 * dx));
  }

  private String end() {
    return svg.append("</svg>\n").toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
