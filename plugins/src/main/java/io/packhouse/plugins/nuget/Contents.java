package io.packhouse.plugins.nuget;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the names of a package's members tell. Folders are compared as NuGet does: in any case. */
final class Contents {

  private static final String NUSPEC = ".nuspec";

  private final Frameworks frameworks;
  private @Nullable ArchiveMember nuspec;
  private boolean signed;
  private boolean nativeCode;
  private boolean tools;
  private boolean analyzers;
  private boolean buildFiles;

  private Contents(Frameworks frameworks) {
    this.frameworks = frameworks;
  }

  /**
   * Looks at the names of all members.
   *
   * @throws ExtractionException where two nuspecs are at the root, which NuGet refuses
   */
  static Contents of(List<ArchiveMember> members, Frameworks frameworks)
      throws ExtractionException {
    Contents contents = new Contents(frameworks);
    for (ArchiveMember member : members) {
      if (member.kind() == ArchiveMember.Kind.FILE) {
        contents.add(member);
      }
    }
    return contents;
  }

  private void add(ArchiveMember member) throws ExtractionException {
    String name = member.name();
    int slash = name.indexOf('/');
    if (slash < 0) {
      if (name.regionMatches(true, name.length() - NUSPEC.length(), NUSPEC, 0, NUSPEC.length())) {
        if (nuspec != null && !nuspec.name().equals(name)) {
          throw new ExtractionException(
              "two nuspecs at the root: " + clip(nuspec.name()) + " and " + clip(name));
        }
        nuspec = member;
      }
      signed |= name.equals(".signature.p7s");
      return;
    }
    String folder = name.substring(0, Math.min(slash, 16)).toLowerCase(Locale.ROOT);
    switch (folder) {
      case "lib" -> frameworks.member("lib" + name.substring(slash));
      case "ref" -> frameworks.member("ref" + name.substring(slash));
      case "tools" -> tools = true;
      case "analyzers" -> analyzers = true;
      case "build", "buildtransitive", "buildmultitargeting" -> buildFiles = true;
      case "runtimes" -> nativeCode |= name.toLowerCase(Locale.ROOT).contains("/native/");
      default -> {}
    }
  }

  private static String clip(String name) {
    return name.length() <= 100 ? name : name.substring(0, 100) + "…";
  }

  /** The manifest; null where there is none. */
  @Nullable ArchiveMember nuspec() {
    return nuspec;
  }

  /** Whether the file of a package signature is there. */
  boolean isSigned() {
    return signed;
  }

  /** Whether it holds native code of some run time. */
  boolean hasNative() {
    return nativeCode;
  }

  /** Whether it holds tools. */
  boolean hasTools() {
    return tools;
  }

  /** Whether it holds analyzers of the compiler. */
  boolean hasAnalyzers() {
    return analyzers;
  }

  /** Whether it holds targets or properties that a build imports. */
  boolean hasBuildFiles() {
    return buildFiles;
  }
}
