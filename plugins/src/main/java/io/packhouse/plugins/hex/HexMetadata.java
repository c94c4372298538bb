package io.packhouse.plugins.hex;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.hex.ErlangTerms.Atom;
import io.packhouse.plugins.hex.ErlangTerms.Tuple;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells metadata from the terms of metadata.config. */
final class HexMetadata {

  private static final ListOf TEXTS = new ListOf(Scalar.STRING);
  private static final Pattern PINNED =
      Pattern.compile("(?:==)?\\s*(\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?)");

  /** Names of links, in lower case, that mean the source. */
  private static final Set<String> SOURCE =
      Set.of("github", "gitlab", "bitbucket", "codeberg", "sourcehut", "source", "repository");

  static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("app", Scalar.STRING, "The OTP application: app of metadata.config."),
          new ColumnSpec("build_tools", TEXTS, "The tools that build it: mix, rebar3, …"),
          new ColumnSpec("elixir", Scalar.STRING, "The Elixir versions it needs, as declared."),
          new ColumnSpec(
              "links",
              new ListOf(
                  new StructOf(
                      List.of(
                          new ColumnSpec("name", Scalar.STRING, "The link's name."),
                          new ColumnSpec("url", Scalar.STRING, "Its address.")))),
              "The links of metadata.config."),
          new ColumnSpec(
              "requirement_details",
              new ListOf(
                  new StructOf(
                      List.of(
                          new ColumnSpec("name", Scalar.STRING, "The package depended on."),
                          new ColumnSpec("app", Scalar.STRING, "Its application."),
                          new ColumnSpec("repository", Scalar.STRING, "Its repository.")))),
              "What requirements say beside the common columns, in the order of dependencies."),
          new ColumnSpec("tarball_version", Scalar.INT64, "The format's version: VERSION."),
          new ColumnSpec(
              "inner_checksum", Scalar.STRING, "The digest that CHECKSUM states, in hex."),
          new ColumnSpec(
              "inner_checksum_matches",
              Scalar.BOOL,
              "Whether SHA-256 over VERSION, metadata.config and contents.tar.gz is that digest."),
          new ColumnSpec(
              "outer_checksum",
              Scalar.STRING,
              "SHA-256 of the whole file in hex, as lock files have it, computed."));

  private HexMetadata() {}

  /**
   * The metadata that terms tell.
   *
   * @throws ExtractionException where they do not name the package
   */
  static PackageMetadata.Builder metadata(List<Object> terms) throws ExtractionException {
    String app = ErlangTerms.text(ErlangTerms.get(terms, "app"));
    String stated = ErlangTerms.text(ErlangTerms.get(terms, "name"));
    String name = stated == null ? app : stated;
    if (name == null) {
      throw new ExtractionException("metadata.config does not state the package's name");
    }
    String version = ErlangTerms.text(ErlangTerms.get(terms, "version"));
    PackageMetadata.Builder builder =
        PackageMetadata.builder(COLUMNS)
            .purl(purl(null, name, version))
            .name(Purl.name("hex", name))
            .version(version)
            .description(
                Limits.description(ErlangTerms.text(ErlangTerms.get(terms, "description"))))
            .column("app", app)
            .column("build_tools", orNull(ErlangTerms.texts(ErlangTerms.get(terms, "build_tools"))))
            .column("elixir", ErlangTerms.text(ErlangTerms.get(terms, "elixir")));
    List<String> licenses = ErlangTerms.texts(ErlangTerms.get(terms, "licenses"));
    licenses.forEach(builder::addLicenseDeclared);
    if (licenses.size() == 1) {
      // Of several nobody says whether all apply or one may choose.
      builder.license(Licenses.expression(licenses.getFirst()));
    }
    ErlangTerms.texts(ErlangTerms.get(terms, "maintainers")).forEach(builder::addAuthor);
    addLinks(builder, ErlangTerms.get(terms, "links"));
    addRequirements(builder, ErlangTerms.get(terms, "requirements"));
    return builder;
  }

  private static void addLinks(PackageMetadata.Builder builder, @Nullable Object links) {
    List<Map<String, Object>> values = new ArrayList<>();
    String source = null;
    String home = null;
    for (Object item : links instanceof List<?> list ? list : List.of()) {
      if (item instanceof Tuple(List<Object> pair)
          && pair.size() == 2
          && values.size() < Limits.ITEMS) {
        String name = ErlangTerms.text(pair.get(0));
        String url = ErlangTerms.text(pair.get(1));
        if (name != null && url != null) {
          values.add(Map.of("name", name, "url", url));
          String lower = name.toLowerCase(Locale.ROOT);
          source = source == null && SOURCE.contains(lower) ? url : source;
          boolean homely = lower.equals("homepage") || lower.equals("website");
          home = home == null && homely ? url : home;
        }
      }
    }
    builder.vcsUrl(source).homepage(home).column("links", orNull(values));
  }

  /** A list of lists of pairs each with a name, or a list of pairs of a name and such a list. */
  private static void addRequirements(PackageMetadata.Builder builder, @Nullable Object all) {
    List<Map<String, Object>> details = new ArrayList<>();
    for (Object item : all instanceof List<?> list ? list : List.of()) {
      Object fields = item;
      String name = ErlangTerms.text(ErlangTerms.get(item, "name"));
      if (item instanceof Tuple(List<Object> pair) && pair.size() == 2) {
        fields = pair.get(1);
        name = ErlangTerms.text(pair.getFirst());
      }
      if (name == null || details.size() == Limits.ITEMS) {
        continue;
      }
      String requirement =
          ErlangTerms.text(
              fields instanceof List<?> ? ErlangTerms.get(fields, "requirement") : fields);
      String repository = ErlangTerms.text(ErlangTerms.get(fields, "repository"));
      boolean optional =
          ErlangTerms.get(fields, "optional") instanceof Atom(String truth) && truth.equals("true");
      int colon = repository == null ? -1 : repository.indexOf(':');
      String organization =
          repository == null || colon < 0 ? null : repository.substring(colon + 1);
      Matcher pinned = PINNED.matcher(requirement == null ? "" : requirement);
      String version = pinned.matches() ? pinned.group(1) : null;
      builder.addDependency(
          new Dependency(
              purl(organization, name, version), name, requirement, "runtime", optional));
      Map<String, Object> detail = new LinkedHashMap<>();
      detail.put("name", name);
      String app = ErlangTerms.text(ErlangTerms.get(fields, "app"));
      if (app != null) {
        detail.put("app", app);
      }
      if (repository != null) {
        detail.put("repository", repository);
      }
      details.add(detail);
    }
    builder.column("requirement_details", orNull(details));
  }

  private static String purl(@Nullable String organization, String name, @Nullable String version) {
    return Purl.of("hex", organization, name, version, Collections.emptySortedMap());
  }

  private static <T> @Nullable List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }
}
