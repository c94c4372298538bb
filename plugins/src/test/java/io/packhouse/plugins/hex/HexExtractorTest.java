package io.packhouse.plugins.hex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.plugins.cargo.TarBuilder;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HexExtractorTest extends ExtractorContract {

  private static final String CONFIG =
      """
      %% what mix wrote
      {<<"links">>,[{<<"GitHub">>,<<"https://example.org/repo">>},
        {<<"Website">>,<<"https://example.org/">>}]}.
      {<<"name">>,<<"Deep_Sea">>}.
      {<<"version">>,<<"1.2.3-rc.1">>}.
      {<<"description">>,<<"Salt \\"w\u00e4ter\\"."/utf8>>}.
      {<<"elixir">>,<<"~> 1.10">>}.
      {<<"app">>,<<"deep_sea">>}.
      {<<"build_tools">>,[<<"mix">>,<<114,101,98,97,114,51>>]}.
      {<<"licenses">>,[<<"Apache-2.0">>]}.
      {<<"files">>,[<<"lib">>,"mix.exs"]}.
      {<<"requirements">>,
       [[{<<"name">>,<<"jason">>},
         {<<"app">>,<<"jason">>},
         {<<"optional">>,true},
         {<<"requirement">>,<<"~> 1.0">>},
         {<<"repository">>,<<"hexpm">>}],
        [{<<"name">>,<<"secret">>},
         {<<"app">>,<<"secret_app">>},
         {<<"optional">>,false},
         {<<"requirement">>,<<"2.0.0">>},
         {<<"repository">>,<<"hexpm:Acme">>}]]}.
      """;

  private static TarBuilder hex(String config) {
    byte[] contents = new TarBuilder().member("lib/a.ex", "1").tarGz();
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    sha256.update((byte) '3');
    sha256.update(config.getBytes(StandardCharsets.UTF_8));
    sha256.update(contents);
    return new TarBuilder()
        .member("VERSION", "3")
        .member("CHECKSUM", HexFormat.of().withUpperCase().formatHex(sha256.digest()))
        .member("metadata.config", config)
        .member("contents.tar.gz", contents);
  }

  private static PackageFile file(TarBuilder hex) {
    return TarBuilder.file("tarballs/deep_sea-1.2.3-rc.1.tar", hex.tar());
  }

  @Override
  protected PackageExtractor extractor() {
    return new HexExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(file(hex(CONFIG)));
  }

  private PackageMetadata metadata(TarBuilder hex) throws Exception {
    return Objects.requireNonNull(extractor().extract(file(hex), context()));
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(
        ExtractionException.class, () -> extractor().extract(file, context()));
  }

  @Test
  void allOfTheMetadataIsRead() throws Exception {
    TarBuilder hex = hex(CONFIG);
    PackageMetadata sea = metadata(hex);
    assertThat(sea.purl()).isEqualTo("pkg:hex/deep_sea@1.2.3-rc.1");
    assertThat(sea.name()).isEqualTo("deep_sea");
    assertThat(sea.version()).isEqualTo("1.2.3-rc.1");
    assertThat(sea.license()).isEqualTo("Apache-2.0");
    assertThat(sea.description()).isEqualTo("Salt \"w\u00e4ter\".");
    assertThat(sea.homepage()).isEqualTo("https://example.org/");
    assertThat(sea.vcsUrl()).isEqualTo("https://example.org/repo");
    assertThat(sea.dependencies())
        .containsExactly(
            new Dependency("pkg:hex/jason", "jason", "~> 1.0", "runtime", true),
            new Dependency("pkg:hex/acme/secret@2.0.0", "secret", "2.0.0", "runtime", false));
    byte[] outer = MessageDigest.getInstance("SHA-256").digest(hex.tar());
    assertThat(sea.columns())
        .containsEntry("app", "deep_sea")
        .containsEntry("build_tools", List.of("mix", "rebar3"))
        .containsEntry("elixir", "~> 1.10")
        .containsEntry("tarball_version", 3L)
        .containsEntry("inner_checksum_matches", true)
        .containsEntry("outer_checksum", HexFormat.of().formatHex(outer))
        .containsEntry(
            "requirement_details",
            List.of(
                Map.of("name", "jason", "app", "jason", "repository", "hexpm"),
                Map.of("name", "secret", "app", "secret_app", "repository", "hexpm:Acme")));
  }

  @Test
  void requirementsMayBeAMap() throws Exception {
    PackageMetadata map =
        metadata(
            hex(
                """
                {<<"app">>,<<"a">>}.
                {<<"version">>,<<"1.0.0">>}.
                {<<"requirements">>,[{<<"cowboy">>,[{<<"app">>,<<"cowboy">>},
                  {<<"optional">>,nil},{<<"requirement">>,<<"~> 2.0">>}]},
                  {<<"ranch">>,<<">= 1.0.0">>}]}.
                {<<"licenses">>,[<<"MIT">>,<<"ISC">>]}.
                """));
    assertThat(map.purl()).isEqualTo("pkg:hex/a@1.0.0");
    assertThat(map.license()).isNull();
    assertThat(map.licensesDeclared()).containsExactly("MIT", "ISC");
    assertThat(map.dependencies())
        .containsExactly(
            new Dependency("pkg:hex/cowboy", "cowboy", "~> 2.0", "runtime", false),
            new Dependency("pkg:hex/ranch", "ranch", ">= 1.0.0", "runtime", false));
  }

  @Test
  void wrongInnerChecksumIsTold() throws Exception {
    assertThat(metadata(hex(CONFIG).member("CHECKSUM", "00")).columns())
        .containsEntry("inner_checksum", "00")
        .containsEntry("inner_checksum_matches", false);
  }

  @Test
  void malformedTermsAreNamedByTheirLine() {
    assertThat(failure(file(hex("{<<\"a\">>,1}.\n{<<\"b\">>,#{}}."))).reason())
        .isEqualTo("metadata.config has no term, line 2");
    assertThat(failure(file(hex("[".repeat(100_000)))).reason()).contains("nests too deep");
    assertThat(failure(file(hex("{a,99999999999999999999}."))).reason()).contains("64 bits");
    assertThat(failure(file(hex("{a,\"\\x{110000}\"}."))).reason()).contains("escape");
    assertThat(failure(file(hex("{a,1}."))).reason())
        .isEqualTo("metadata.config does not state the package's name");
  }

  @Test
  void otherTarsAreNoHexPackages() throws Exception {
    assertThat(extractor().extract(file(new TarBuilder().member("layer.tar", "")), context()))
        .isNull();
  }

  @Test
  void truncatedBehindItsFirstMembersSaysSo() {
    byte[] hex = hex(CONFIG).tar();
    for (int tenth = 3; tenth < 9; tenth++) {
      ExtractionException failure =
          failure(TarBuilder.file("a.tar", Arrays.copyOf(hex, (hex.length - 1024) * tenth / 10)));
      assertThat(failure).as("tenth " + tenth).isNotNull();
    }
  }
}
