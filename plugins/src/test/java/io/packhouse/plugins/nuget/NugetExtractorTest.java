package io.packhouse.plugins.nuget;

import static io.packhouse.plugins.nuget.Nupkgs.nupkg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NugetExtractorTest extends ExtractorContract {

  private static final String FULL =
      """
      <id>Example.Lib</id><version>1.02.0-beta.1+build.7</version>
      <title>An example</title><authors>Ann, Bob &amp; Co</authors><owners>ann,corp</owners>
      <requireLicenseAcceptance>false</requireLicenseAcceptance>
      <license type="expression">MIT OR apache-2.0</license>
      <licenseUrl>https://licenses.example/MIT</licenseUrl>
      <projectUrl>https://example.org/lib</projectUrl>
      <description> What it does. </description><summary>Short.</summary>
      <tags>json  fast,small</tags><copyright>© Ann</copyright>
      <developmentDependency>true</developmentDependency>
      <repository type="git" url="https://example.org/lib.git" branch="main" commit="abc123"/>
      <packageTypes><packageType name="Dependency"/><packageType name="DotnetTool"/></packageTypes>
      <dependencies>
        <group targetFramework=".NETFramework4.7.2">
          <dependency id="System.Memory" version="4.5.5" exclude="Build,Analyzers"/>
        </group>
        <group targetFramework=".NETStandard2.0">
          <dependency id="Exact" version="[1.0]"/>
          <dependency id="Range" version="[1.0,2.0)"/>
          <dependency id="Any"/>
        </group>
        <group targetFramework="net8.0"/>
      </dependencies>
      <frameworkAssemblies>
        <frameworkAssembly assemblyName="System.Net.Http" targetFramework=".NETFramework4.7.2"/>
      </frameworkAssemblies>
      <frameworkReferences><group targetFramework="net8.0">
        <frameworkReference name="Microsoft.AspNetCore.App"/></group></frameworkReferences>
      """;

  private static final String SMALL = "<id>A</id><version>1.0</version>";

  @Override
  protected PackageExtractor extractor() {
    return new NugetExtractor();
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(nupkg(FULL).at("a/example.lib.nupkg"), nupkg(SMALL).at("A.1.0.0.snupkg"));
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Test
  void everythingThatANuspecSaysIsTold() throws Exception {
    PackageMetadata metadata = extract(nupkg(FULL));
    assertThat(metadata.purl()).isEqualTo("pkg:nuget/Example.Lib@1.2.0-beta.1");
    assertThat(metadata.name()).isEqualTo("Example.Lib");
    assertThat(metadata.namespace()).isNull();
    assertThat(metadata.version()).isEqualTo("1.2.0-beta.1");
    assertThat(metadata.license()).isEqualTo("MIT OR Apache-2.0");
    assertThat(metadata.licensesDeclared()).containsExactly("MIT OR apache-2.0");
    assertThat(metadata.authors()).containsExactly("Ann", "Bob & Co");
    assertThat(metadata.description()).isEqualTo("What it does.");
    assertThat(metadata.homepage()).isEqualTo("https://example.org/lib");
    assertThat(metadata.vcsUrl()).isEqualTo("https://example.org/lib.git");
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency(
                "pkg:nuget/System.Memory", "System.Memory", "4.5.5", ".NETFramework4.7.2", false),
            new Dependency("pkg:nuget/Exact@1.0.0", "Exact", "[1.0]", ".NETStandard2.0", false),
            new Dependency("pkg:nuget/Range", "Range", "[1.0,2.0)", ".NETStandard2.0", false),
            new Dependency("pkg:nuget/Any", "Any", null, ".NETStandard2.0", false));
    assertThat(metadata.columns())
        .containsEntry("packaging", "nupkg")
        .containsEntry("version_declared", "1.02.0-beta.1+build.7")
        .containsEntry("title", "An example")
        .containsEntry("summary", "Short.")
        .containsEntry("owners", List.of("ann", "corp"))
        .containsEntry("tags", List.of("json", "fast", "small"))
        .containsEntry("copyright", "© Ann")
        .containsEntry("license_type", "expression")
        .containsEntry("license_url", "https://licenses.example/MIT")
        .containsEntry("repository_type", "git")
        .containsEntry("repository_branch", "main")
        .containsEntry("repository_commit", "abc123")
        .containsEntry("frameworks", List.of("net472", "net8.0", "netstandard2.0"))
        .containsEntry(
            "dependency_groups", List.of(".NETFramework4.7.2", ".NETStandard2.0", "net8.0"))
        .containsEntry(
            "framework_references", List.of("System.Net.Http", "Microsoft.AspNetCore.App"))
        .containsEntry("package_types", List.of("Dependency", "DotnetTool"))
        .containsEntry("development_dependency", true)
        .containsEntry("require_license_acceptance", false)
        .containsEntry("signed", false);
  }

  @Test
  void namesOfMembersTellWhatIsInside() throws Exception {
    PackageMetadata metadata =
        extract(
            nupkg(SMALL)
                .member(".signature.p7s", "x")
                .member("lib/net45/A.dll", "x")
                .member("Lib/NET6.0/A.dll", "x")
                .member("ref/netstandard1.3/_._", "")
                .member("lib/Old.dll", "x")
                .member("runtimes/linux-x64/native/a.so", "x")
                .member("tools/install.ps1", "x")
                .member("analyzers/dotnet/cs/A.dll", "x")
                .member("buildTransitive/A.targets", "x"));
    assertThat(metadata.columns())
        .containsEntry("frameworks", List.of("net45", "net6.0", "netstandard1.3"))
        .containsEntry("signed", true)
        .containsEntry("has_native", true)
        .containsEntry("has_tools", true)
        .containsEntry("has_analyzers", true)
        .containsEntry("has_build_files", true);
    assertThat(extract(nupkg(SMALL)).columns())
        .containsEntry("has_native", false)
        .doesNotContainKeys("frameworks", "package_types", "tags", "license_type");
  }

  @Test
  void licenseMayBeAFileOrAnAddress() throws Exception {
    PackageMetadata file =
        extract(
            nupkg(
                SMALL
                    + "<license type=\"file\">docs\\LICENSE.txt</license>"
                    + "<licenseUrl>https://example.org/deprecated</licenseUrl>"));
    assertThat(file.columns())
        .containsEntry("license_type", "file")
        .containsEntry("license_file", "docs\\LICENSE.txt");
    assertThat(file.licensesDeclared()).isEmpty();
    assertThat(file.license()).isNull();
    PackageMetadata url =
        extract(
            nupkg(
                SMALL + "<licenseUrl>http://www.apache.org/licenses/LICENSE-2.0.txt</licenseUrl>"));
    assertThat(url.columns()).containsEntry("license_type", "url");
    assertThat(url.license()).isEqualTo("Apache-2.0");
    assertThat(url.licensesDeclared())
        .containsExactly("http://www.apache.org/licenses/LICENSE-2.0.txt");
  }

  @Test
  void dependenciesWithoutGroupsAreOfNoFramework() throws Exception {
    PackageMetadata metadata =
        extract(
            nupkg(
                SMALL
                    + "<dependencies><dependency id=\"B\" version=\"1\"/>"
                    + "<dependency version=\"1\"/></dependencies>"));
    assertThat(metadata.dependencies())
        .containsExactly(new Dependency("pkg:nuget/B", "B", "1", null, false));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1.0.0",
    "1.0, 1.0.0",
    "1.01.1, 1.1.1",
    "1.00.0.1, 1.0.0.1",
    "1.0.0.0, 1.0.0",
    "1.0.7+r3456, 1.0.7",
    "6.0.1304, 6.0.1304",
    "2.0.0-RC.01+x, 2.0.0-RC.01",
    "1.0-beta, 1.0.0-beta",
    "not a version, not a version",
    "99999999999999999999.1, 99999999999999999999.1",
  })
  void versionsAreNormalisedAsTheRegistryDoes(String declared, String normalised) {
    assertThat(NugetVersion.normalise(declared)).isEqualTo(normalised);
  }

  @ParameterizedTest
  @CsvSource({
    ".NETFramework4.7.2, net472",
    ".NETFramework4.0, net40",
    ".NETStandard2.1, netstandard2.1",
    ".NETCoreApp3.1, netcoreapp3.1",
    "'.NETCoreApp,Version=v5.0', net5.0",
    "net8.0-windows7.0, net8.0-windows7.0",
    ".NETPortable0.0-Profile259, .netportable0.0-profile259",
    "uap10.0, uap10.0",
  })
  void frameworksBecomeShortFolderNames(String declared, String shortName) {
    assertThat(Frameworks.shortName(declared)).isEqualTo(shortName);
  }

  @Test
  void nuspecIsReadInItsEncoding() throws Exception {
    String nuspec =
        "<?xml version=\"1.0\" encoding=\"%s\"?><package><metadata><id>Ä</id>"
            + "<version>1.0.0</version></metadata></package>";
    for (var charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1)) {
      byte[] bytes = nuspec.formatted(charset.name()).getBytes(charset);
      assertThat(extract(new Nupkgs().member("a.nuspec", bytes)).purl())
          .isEqualTo("pkg:nuget/%C3%84@1.0.0");
    }
    byte[] marked = ("\uFEFF" + nuspec.formatted("utf-8")).getBytes(StandardCharsets.UTF_8);
    assertThat(extract(new Nupkgs().member("a.NUSPEC", marked)).name()).isEqualTo("Ä");
  }

  @Test
  void whatIsNoPackageSaysWhy() {
    assertThat(failure(new Nupkgs().member("x.txt", "x")).reason())
        .isEqualTo("no nuspec at the root");
    assertThat(failure(new Nupkgs().member("sub/x.nuspec", "x")).reason())
        .isEqualTo("no nuspec at the root");
    assertThat(failure(nupkg(SMALL).member("B.nuspec", "x")).reason())
        .isEqualTo("two nuspecs at the root: A.nuspec and B.nuspec");
    assertThat(failure(nupkg("<version>1</version>")).reason()).isEqualTo("nuspec states no id");
    ExtractionException noVersion = failure(nupkg("<id>A</id>"));
    assertThat(noVersion.reason()).isEqualTo("nuspec states no version");
    assertThat(Objects.requireNonNull(noVersion.partial()).purl()).isEqualTo("pkg:nuget/A");
    assertThat(failure(new Nupkgs().member("a.nuspec", "<package/>")).reason())
        .isEqualTo("nuspec has no package with metadata in it");
    assertThat(failure(new Nupkgs().member("a.nuspec", "<package>")).reason())
        .isEqualTo("nuspec is not well-formed XML");
    assertThat(failure(new Nupkgs().member("a.nuspec", "<a>".repeat(100_000))).reason())
        .contains("nests deeper than 64");
    byte[] zip = nupkg(FULL).bytes();
    PackageFile cut = PackageFile.of("a.nupkg", ByteBuffer.wrap(Arrays.copyOf(zip, 100)));
    assertThat(failure(cut).reason()).isNotBlank();
  }

  @Test
  void entitiesOfANuspecAreNotFollowed() {
    for (String definition :
        List.of("SYSTEM \"file:///etc/hostname\"", "SYSTEM \"http://127.0.0.1:9/\"", "\"A\"")) {
      String nuspec =
          "<!DOCTYPE package [<!ENTITY e "
              + definition
              + ">]><package><metadata><id>&e;</id><version>1</version></metadata></package>";
      assertThat(failure(new Nupkgs().member("a.nuspec", nuspec)).reason()).isNotBlank();
    }
  }

  @Test
  void moreDependenciesThanTheLimitKeepTheFirst() {
    String many = "<dependency id=\"B\"/>".repeat(10_001);
    ExtractionException e = failure(nupkg(SMALL + "<dependencies>" + many + "</dependencies>"));
    assertThat(e.reason()).contains("more than 10000 dependencies");
    assertThat(Objects.requireNonNull(e.partial()).dependencies()).hasSize(10_000);
  }

  private PackageMetadata extract(Nupkgs nupkg) throws Exception {
    return Objects.requireNonNull(extractor().extract(nupkg.at("a.nupkg"), context()));
  }

  private ExtractionException failure(Nupkgs nupkg) {
    return failure(nupkg.at("a.nupkg"));
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(
        ExtractionException.class, () -> extractor().extract(file, context()));
  }
}
