package io.packhouse.plugins.helm;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the members of a chart's tarball, and of those of its subcharts. For one thread.
 *
 * <p>As Helm does, it takes the first directory for the chart whatever it is called, the last of
 * several members of one name, and no subcharts that begin with {@code .} or {@code _}.
 */
final class HelmArchive {

  private static final int MAX_FILE = 4 << 20;
  private static final int MAX_CHARTS = 1_000;
  private static final long MAX_BYTES = 64L << 20;

  /** How far to look for a Chart.yaml; Helm itself writes it first. */
  private static final int MAX_MEMBERS_UNSURE = 64;

  private static final long MAX_BYTES_UNSURE = 4 << 20;

  /** A chart's files. Its fields are the archive's to set. */
  static final class Chart {
    byte @Nullable [] chart;
    byte @Nullable [] requirements;
    byte @Nullable [] values;
    boolean schema;
    boolean crds;
    boolean lock;
  }

  /** What the tarballs of one file have used up. */
  private static final class Used {
    int charts;
    long bytes;
  }

  private final Map<String, Chart> charts = new LinkedHashMap<>();
  private final Map<String, HelmArchive> packed = new LinkedHashMap<>();
  private final Used used;
  private String top = "";
  private @Nullable ExtractionException damage;

  HelmArchive() {
    this(new Used());
  }

  private HelmArchive(Used used) {
    this.used = used;
  }

  /** The chart itself; null where there is none. */
  @Nullable Chart top() {
    return charts.get(top);
  }

  /** The charts by the paths of their directories, the top one among them. */
  Map<String, Chart> charts() {
    return charts;
  }

  /** The tarballs in charts/ by their paths. */
  Map<String, HelmArchive> packed() {
    return packed;
  }

  /** The name of the top directory. */
  String topName() {
    return top;
  }

  /** What ended {@link #read} early; null where it came to the end. */
  @Nullable ExtractionException damage() {
    return damage;
  }

  /**
   * Reads the tarball. Damage is kept in {@link #damage}.
   *
   * @return whether it is a chart
   * @throws IOException where reading the file fails
   */
  boolean read(PackageFile file, ExtractionContext context) throws IOException {
    try (MemberStream members = context.archives().members(file)) {
      int seen = 0;
      long passed = 0;
      for (ArchiveMember member = members.next(); member != null; member = members.next()) {
        String name = member.name();
        int slash = name.indexOf('/');
        if (seen++ == 0) {
          top = slash < 0 ? name : name.substring(0, slash);
          if (top.equals("package") && !name.equals("package/Chart.yaml")) {
            // npm's; Helm would write the Chart.yaml first.
            return false;
          }
        }
        boolean isFile = member.kind() == ArchiveMember.Kind.FILE;
        if (isFile && slash > 0 && name.startsWith(top + "/") && !name.contains("/../")) {
          take(member, context);
        }
        passed += isFile ? member.size() : 0;
        if (!isChart() && (seen == MAX_MEMBERS_UNSURE || passed > MAX_BYTES_UNSURE)) {
          return false;
        }
      }
    } catch (ExtractionException e) {
      damage = e;
    }
    return isChart();
  }

  private boolean isChart() {
    Chart chart = top();
    return chart != null && chart.chart != null;
  }

  private void take(ArchiveMember member, ExtractionContext context)
      throws ExtractionException, IOException {
    String name = member.name();
    int from = top.length() + 1;
    while (name.startsWith("charts/", from)) {
      int at = from + "charts/".length();
      int end = name.indexOf('/', at);
      if (name.startsWith(".", at) || name.startsWith("_", at)) {
        return;
      }
      if (end < 0) {
        if (name.endsWith(".tgz") && !packed.containsKey(name)) {
          count(member.size());
          HelmArchive subchart = new HelmArchive(used);
          packed.put(name, subchart);
          subchart.read(member.file(name), context);
        }
        return;
      }
      from = end + 1;
    }
    String directory = name.substring(0, from - 1);
    String path = name.substring(from);
    switch (path) {
      case "Chart.yaml" -> chart(directory).chart = bytes(member);
      case "requirements.yaml" -> chart(directory).requirements = bytes(member);
      case "values.yaml" -> chart(directory).values = bytes(member);
      case "values.schema.json" -> chart(directory).schema = true;
      case "Chart.lock", "requirements.lock" -> chart(directory).lock = true;
      default -> {
        if (path.startsWith("crds/")) {
          chart(directory).crds = true;
        }
      }
    }
  }

  private Chart chart(String directory) throws ExtractionException {
    Chart chart = charts.get(directory);
    if (chart == null) {
      if (++used.charts > MAX_CHARTS) {
        throw new ExtractionException("holds more than " + MAX_CHARTS + " charts");
      }
      chart = new Chart();
      charts.put(directory, chart);
    }
    return chart;
  }

  private byte[] bytes(ArchiveMember member) throws ExtractionException, IOException {
    count(member.size());
    return member.bytes(MAX_FILE);
  }

  private void count(long size) throws ExtractionException {
    used.bytes += size;
    if (used.bytes > MAX_BYTES) {
      throw new ExtractionException("charts in it are larger than " + MAX_BYTES + " bytes in all");
    }
  }
}
