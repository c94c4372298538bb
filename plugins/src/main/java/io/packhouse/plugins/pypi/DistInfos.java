package io.packhouse.plugins.pypi;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .dist-info} folders of a wheel that have {@code METADATA}, in the zip's order.
 *
 * @param top those at the top, one of which is the wheel's own
 * @param vendored those of other projects that the wheel brings along
 */
record DistInfos(List<String> top, List<String> vendored) {

  static final String SUFFIX = ".dist-info";

  private static final String METADATA = "/METADATA";
  private static final int MAX_FOUND = 100_000;
  private static final int MAX_VENDORED = 1_000;

  /** Looks for them. */
  static DistInfos of(ZipDirectory zip) throws ExtractionException, IOException {
    Set<String> top = new LinkedHashSet<>();
    Set<String> vendored = new LinkedHashSet<>();
    for (ArchiveMember member : zip.find("", SUFFIX + METADATA, MAX_FOUND)) {
      String folder = member.name().substring(0, member.name().length() - METADATA.length());
      if (folder.indexOf('/') < 0) {
        top.add(folder);
      } else if (vendored.size() < MAX_VENDORED && isPath(folder)) {
        vendored.add(folder);
      }
    }
    return new DistInfos(List.copyOf(top), new ArrayList<>(vendored));
  }

  /**
   * The wheel's own: the one that fits its name, or the only one.
   *
   * @param expected name and version
   * @return null where there is none
   */
  @Nullable String own(String expected) throws ExtractionException {
    for (String folder : top) {
      if (DistributionName.same(project(folder), expected)) {
        return folder;
      }
    }
    if (top.size() > 1) {
      throw new ExtractionException(
          "wheel has " + top.size() + " .dist-info folders, none of which fits its name");
    }
    return top.isEmpty() ? null : top.getFirst();
  }

  /** The name and version that a folder is called by. */
  static String project(String folder) {
    return folder.substring(folder.lastIndexOf('/') + 1, folder.length() - SUFFIX.length());
  }

  private static boolean isPath(String folder) {
    for (String name : folder.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
        return false;
      }
    }
    return true;
  }
}
