package io.packhouse.plugins.generic;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The headers of git bundles, versions 2 and 3 (gitformat-bundle). */
final class GitBundles {

  private static final byte[] V2 = "# v2 git bundle\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] V3 = "# v3 git bundle\n".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final int MAX_HEADER_TEXT = 1 << 20;

  private GitBundles() {}

  /**
   * Describes a file named as a bundle.
   *
   * @return null where it is none
   */
  static @Nullable PackageMetadata read(PackageFile file, PackageMetadata.Builder target)
      throws ExtractionException, IOException {
    int length = (int) Math.min(V2.length, file.size());
    ByteBuffer head = file.slice(0, length);
    boolean second = head.equals(ByteBuffer.wrap(V2));
    if (!second && !head.equals(ByteBuffer.wrap(V3))) {
      return null;
    }
    target
        .column(GenericColumns.KIND, "git-bundle")
        .column(GenericColumns.FORMAT, "git-bundle")
        .column(GenericColumns.FORMAT_VERSION, second ? "2" : "3");
    List<String> refs = new ArrayList<>();
    List<String> prerequisites = new ArrayList<>();
    String wrong = header(new Lines(file), refs, prerequisites);
    target
        .column(GenericColumns.COUNT, (long) refs.size())
        .column(GenericColumns.REFS, refs)
        .column(GenericColumns.PREREQUISITES, prerequisites);
    if (wrong != null) {
      throw new ExtractionException(wrong).withPartial(target.build());
    }
    return target.build();
  }

  private static @Nullable String header(Lines lines, List<String> refs, List<String> needed)
      throws IOException {
    int text = 0;
    lines.next();
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (line.isEmpty()) {
        return null;
      }
      text += line.length();
      if (refs.size() + needed.size() >= Limits.ITEMS || text > MAX_HEADER_TEXT) {
        return "bundle has more refs than the limit of " + Limits.ITEMS + " or of 1 MiB";
      }
      if (line.startsWith("@")) {
        continue;
      }
      boolean prerequisite = line.startsWith("-");
      String rest = prerequisite ? line.substring(1) : line;
      int blank = rest.indexOf(' ');
      String id = blank < 0 ? rest : rest.substring(0, blank);
      if (!ID.matcher(id).matches() || (!prerequisite && blank < 0)) {
        return "bundle has a header line that is no ref: " + Limits.description(line);
      }
      if (prerequisite) {
        needed.add(id);
      } else {
        refs.add(rest);
      }
    }
    return "bundle ends in its header";
  }
}
