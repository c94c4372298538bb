package io.packhouse.plugins.maven;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ZipDirectory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the names in a jar's directory tell, and the members worth reading. Sees every entry once;
 * most are classes, and cost no object.
 */
final class JarScan implements ZipDirectory.Visitor {

  /** More members of one kind are not taken. */
  static final int MAX_MEMBERS = 10_000;

  private static final int MAX_SIGNATURES = 16;
  private static final int MAX_NAME = 4_096;

  /** Classes whose version is looked at, besides the first of each META-INF/versions directory. */
  private static final int SAMPLES = 16;

  private static final byte[] CLASS = bytes(".class");
  private static final byte[] JAVA = bytes(".java");
  private static final byte[] META_INF = bytes("META-INF/");
  private static final byte[] MANIFEST = bytes("META-INF/MANIFEST.MF");
  private static final byte[] MAVEN = bytes("META-INF/maven/");
  private static final byte[] VERSIONS = bytes("META-INF/versions/");
  private static final byte[] MODULE = bytes("module-info.class");
  private static final byte[] POM_PROPERTIES = bytes("/pom.properties");
  private static final byte[] POM = bytes("/pom.xml");
  private static final byte[][] SIGNATURES = {bytes(".RSA"), bytes(".DSA"), bytes(".EC")};
  private static final byte[][] ARCHIVES = {
    bytes(".jar"),
    bytes(".war"),
    bytes(".ear"),
    bytes(".aar"),
    bytes(".hpi"),
    bytes(".jpi"),
    bytes(".nar"),
    bytes(".rar"),
    bytes(".par"),
    bytes(".sar")
  };
  private static final byte[][] CLASS_ROOTS = {
    bytes("BOOT-INF/classes/"), bytes("WEB-INF/classes/")
  };

  private final byte[] name = new byte[MAX_NAME];
  private final long stride;
  private long seen;
  private long nextSample;
  private int lastVersion;

  final List<ArchiveMember> pomProperties = new ArrayList<>();
  final List<ArchiveMember> poms = new ArrayList<>();
  final List<ArchiveMember> signatures = new ArrayList<>();
  final List<ArchiveMember> archives = new ArrayList<>();
  final List<ArchiveMember> samples = new ArrayList<>();
  final Map<Integer, ArchiveMember> versioned = new TreeMap<>();
  final JarPackages classes = new JarPackages();
  final JarPackages sources = new JarPackages();
  final JarMarkers markers = new JarMarkers();
  @Nullable ArchiveMember manifest;
  @Nullable ArchiveMember module;
  boolean hasClasses;
  boolean archivesLeftOut;

  /**
   * @param entries how many there are about
   */
  JarScan(long entries) {
    this.stride = Math.max(1, entries / SAMPLES);
  }

  @Override
  public void visit(ZipDirectory.Entry entry) throws ExtractionException {
    int length = entry.copyName(name);
    seen++;
    if (length > MAX_NAME || length == 0) {
      return;
    }
    if (ends(CLASS, length)) {
      visitClass(entry, length);
    } else if (begins(META_INF, length)) {
      visitMetaInf(entry, length);
    } else if (ends(JAVA, length)) {
      sources.add(name, 0, length);
    } else {
      visitOther(entry, length);
    }
  }

  private void visitClass(ZipDirectory.Entry entry, int length) throws ExtractionException {
    hasClasses = true;
    int from = 0;
    if (begins(VERSIONS, length)) {
      int version = 0;
      from = VERSIONS.length;
      while (from < length && name[from] >= '0' && name[from] <= '9' && version < 1_000) {
        version = version * 10 + name[from++] - '0';
      }
      if (from < length && name[from] == '/') {
        from++;
        if (version != lastVersion && versioned.size() < SAMPLES) {
          versioned.putIfAbsent(version, entry.member());
          lastVersion = version;
        }
      }
    } else if (name[0] == 'B' || name[0] == 'W') {
      for (byte[] root : CLASS_ROOTS) {
        if (begins(root, length)) {
          from = root.length;
        }
      }
    }
    if (is(MODULE, from, length)) {
      if (module == null || from == 0) {
        module = entry.member();
      }
      return;
    }
    classes.add(name, from, length);
    markers.add(name, from, length);
    if (seen > nextSample && !begins(META_INF, length)) {
      nextSample = seen + stride - 1;
      if (samples.size() < SAMPLES) {
        samples.add(entry.member());
      }
    }
  }

  private void visitMetaInf(ZipDirectory.Entry entry, int length) throws ExtractionException {
    if (is(MANIFEST, 0, length)) {
      manifest = entry.member();
    } else if (begins(MAVEN, length)) {
      if (ends(POM_PROPERTIES, length)) {
        addDescriptor(pomProperties, entry, length - POM_PROPERTIES.length);
      } else if (ends(POM, length)) {
        addDescriptor(poms, entry, length - POM.length);
      }
    } else if (signatures.size() < MAX_SIGNATURES && slashes(META_INF.length, length) == 0) {
      for (byte[] suffix : SIGNATURES) {
        if (ends(suffix, length)) {
          signatures.add(entry.member());
        }
      }
    } else {
      visitOther(entry, length);
    }
  }

  /** Takes a file right below {@code META-INF/maven/group/artifact}. */
  private void addDescriptor(List<ArchiveMember> members, ZipDirectory.Entry entry, int end)
      throws ExtractionException {
    if (members.size() < MAX_MEMBERS
        && slashes(MAVEN.length, end) == 1
        && name[MAVEN.length] != '/'
        && name[end - 1] != '/') {
      members.add(entry.member());
    }
  }

  private void visitOther(ZipDirectory.Entry entry, int length) throws ExtractionException {
    if (length < 5 || name[length - 4] != '.') {
      return;
    }
    for (byte[] suffix : ARCHIVES) {
      if (ends(suffix, length)) {
        ArchiveMember member = entry.member();
        if (member.kind() != ArchiveMember.Kind.FILE || member.size() == 0) {
          return;
        }
        if (archives.size() == MAX_MEMBERS) {
          archivesLeftOut = true;
        } else {
          archives.add(member);
        }
        return;
      }
    }
  }

  private int slashes(int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      if (name[i] == '/') {
        count++;
      }
    }
    return count;
  }

  private boolean begins(byte[] head, int length) {
    return length >= head.length && name[0] == head[0] && has(0, head);
  }

  private boolean ends(byte[] tail, int length) {
    return length > tail.length && has(length - tail.length, tail);
  }

  private boolean is(byte[] expected, int from, int length) {
    return length - from == expected.length && has(from, expected);
  }

  private boolean has(int from, byte[] expected) {
    return Arrays.equals(name, from, from + expected.length, expected, 0, expected.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
