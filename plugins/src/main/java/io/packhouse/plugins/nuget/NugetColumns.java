package io.packhouse.plugins.nuget;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import java.util.List;

/** The own columns of NuGet packages. */
final class NugetColumns {

  static final String PACKAGING = "packaging";
  static final String VERSION_DECLARED = "version_declared";
  static final String TITLE = "title";
  static final String SUMMARY = "summary";
  static final String OWNERS = "owners";
  static final String TAGS = "tags";
  static final String COPYRIGHT = "copyright";
  static final String LICENSE_TYPE = "license_type";
  static final String LICENSE_FILE = "license_file";
  static final String LICENSE_URL = "license_url";
  static final String REPOSITORY_TYPE = "repository_type";
  static final String REPOSITORY_BRANCH = "repository_branch";
  static final String REPOSITORY_COMMIT = "repository_commit";
  static final String FRAMEWORKS = "frameworks";
  static final String DEPENDENCY_GROUPS = "dependency_groups";
  static final String FRAMEWORK_REFERENCES = "framework_references";
  static final String PACKAGE_TYPES = "package_types";
  static final String MIN_CLIENT_VERSION = "min_client_version";
  static final String DEVELOPMENT_DEPENDENCY = "development_dependency";
  static final String REQUIRE_LICENSE_ACCEPTANCE = "require_license_acceptance";
  static final String SIGNED = "signed";
  static final String HAS_NATIVE = "has_native";
  static final String HAS_TOOLS = "has_tools";
  static final String HAS_ANALYZERS = "has_analyzers";
  static final String HAS_BUILD_FILES = "has_build_files";

  static final List<ColumnSpec> ALL =
      List.of(
          string(PACKAGING, "The file's extension: nupkg or snupkg."),
          string(VERSION_DECLARED, "The nuspec's version where it is not the normalised one."),
          string(TITLE, "The nuspec's title, for people."),
          string(SUMMARY, "The nuspec's summary."),
          strings(OWNERS, "The nuspec's owners, split at commas."),
          strings(TAGS, "The nuspec's tags, split at blanks, commas and semicolons."),
          string(COPYRIGHT, "The nuspec's copyright."),
          string(
              LICENSE_TYPE,
              "How the license is declared: expression, file, or url where there is a licenseUrl"
                  + " alone."),
          string(LICENSE_FILE, "The path in the package of the license, where it is a file."),
          string(LICENSE_URL, "The nuspec's licenseUrl, which came before license."),
          string(REPOSITORY_TYPE, "The type of the nuspec's repository, such as git."),
          string(REPOSITORY_BRANCH, "The branch of the nuspec's repository."),
          string(REPOSITORY_COMMIT, "The commit of the nuspec's repository."),
          strings(
              FRAMEWORKS,
              "Target frameworks as short folder names, sorted: those of dependency groups and of"
                  + " the folders in lib and ref."),
          strings(DEPENDENCY_GROUPS, "The targetFramework of each dependency group, as declared."),
          strings(
              FRAMEWORK_REFERENCES,
              "Names of the nuspec's frameworkReferences and frameworkAssemblies."),
          strings(PACKAGE_TYPES, "Names of the nuspec's packageTypes; null means Dependency."),
          string(MIN_CLIENT_VERSION, "The nuspec's minClientVersion."),
          bool(DEVELOPMENT_DEPENDENCY, "The nuspec's developmentDependency."),
          bool(REQUIRE_LICENSE_ACCEPTANCE, "The nuspec's requireLicenseAcceptance."),
          bool(SIGNED, "Whether there is a package signature, .signature.p7s; it is not checked."),
          bool(HAS_NATIVE, "Whether there are files below runtimes/RID/native."),
          bool(HAS_TOOLS, "Whether there are files below tools."),
          bool(HAS_ANALYZERS, "Whether there are files below analyzers."),
          bool(
              HAS_BUILD_FILES,
              "Whether there are files below build, buildTransitive or buildMultiTargeting, which"
                  + " builds import."));

  private NugetColumns() {}

  private static ColumnSpec string(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec strings(String name, String meaning) {
    return new ColumnSpec(name, new ListOf(Scalar.STRING), meaning);
  }

  private static ColumnSpec bool(String name, String meaning) {
    return new ColumnSpec(name, Scalar.BOOL, meaning);
  }
}
