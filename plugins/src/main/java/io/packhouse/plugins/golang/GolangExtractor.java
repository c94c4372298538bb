package io.packhouse.plugins.golang;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Go modules. A zip names itself; its go.mod lies in it, else beside it, and its .info beside
 * it. A .mod and an .info are named by their path in the layout of module proxies.
 */
public final class GolangExtractor implements PackageExtractor {

  private static final String TYPE = "golang";
  private static final Interest INTEREST =
      new Interest(List.of(".zip"), List.of("**/@v/*.mod", "**/@v/*.info"), List.of());
  private static final int MAX_SMALL = 64 << 10;

  /** For the service loader. */
  public GolangExtractor() {}

  @Override
  public String packageType() {
    return TYPE;
  }

  @Override
  public String name() {
    return TYPE;
  }

  @Override
  public List<ColumnSpec> columns() {
    return GolangColumns.ALL;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    String path = file.path();
    if (path.endsWith(".zip")) {
      return zip(file, context);
    } else if (path.endsWith(".mod")) {
      return path.contains("/@v/") ? mod(file, context) : null;
    } else if (path.endsWith(".info")) {
      return path.contains("/@v/") ? info(file, context) : null;
    }
    return null;
  }

  private static @Nullable PackageMetadata zip(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    ModulePath layout = ModulePath.ofLayout(file.path(), null);
    if (layout == null && context.archives().detect(file) != ArchiveFormat.ZIP) {
      return null;
    }
    PackageMetadata.Builder builder = null;
    try {
      ModulePath module = prefix(file, context);
      if (module == null) {
        return null;
      }
      builder = builder(module, "zip");
      List<ArchiveMember> members = context.archives().zip(file).members();
      ArchiveMember own = null;
      for (ArchiveMember member : members) {
        if (!member.name().startsWith(module.prefix())) {
          throw new ExtractionException("module zip has a member outside of " + module.prefix());
        }
        if (member.name().length() == module.prefix().length() + 6
            && member.name().endsWith("go.mod")) {
          own = member;
        }
      }
      addInfo(builder, sibling(file, ".info", MAX_SMALL, context));
      byte[] mod =
          own == null
              ? sibling(file, ".mod", Limits.METADATA_BYTES, context)
              : own.bytes(Limits.METADATA_BYTES);
      String damage = mod == null ? null : addMod(builder, module, GoMod.parse(mod), mod);
      String h1 = ModuleHash.ofZip(members);
      builder.column("h1", h1);
      addRecorded(builder, h1, sibling(file, ".ziphash", MAX_SMALL, context));
      if (damage != null) {
        throw new ExtractionException(damage);
      }
      return builder.build();
    } catch (ExtractionException e) {
      if (builder == null && layout != null) {
        builder = builder(layout, "zip");
      }
      if (builder != null) {
        throw e.withPartial(builder.build());
      }
      // A damaged zip that nothing tells to be a module.
      return null;
    }
  }

  /** By the first member, without reading the whole directory. */
  private static @Nullable ModulePath prefix(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    try (MemberStream members = context.archives().members(file)) {
      ArchiveMember first = members.next();
      return first == null ? null : ModulePath.ofMember(first.name());
    }
  }

  private static @Nullable PackageMetadata mod(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    byte[] bytes = bytes(file, Limits.METADATA_BYTES);
    if (bytes == null) {
      throw new ExtractionException("go.mod is larger than the limit");
    }
    GoMod mod = GoMod.parse(bytes);
    ModulePath module = ModulePath.ofLayout(file.path(), mod.module);
    if (module == null) {
      return null;
    }
    PackageMetadata.Builder builder = builder(module, "mod");
    addInfo(builder, sibling(file, ".info", MAX_SMALL, context));
    String damage = addMod(builder, module, mod, bytes);
    if (damage == null && mod.module == null) {
      damage = "go.mod has no module directive";
    }
    if (damage != null) {
      throw new ExtractionException(damage).withPartial(builder.build());
    }
    return builder.build();
  }

  private static @Nullable PackageMetadata info(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    byte[] mod = sibling(file, ".mod", Limits.METADATA_BYTES, context);
    String stated = mod == null ? null : GoMod.parse(mod).module;
    ModulePath module = ModulePath.ofLayout(file.path(), stated);
    if (module == null) {
      return null;
    }
    PackageMetadata.Builder builder = builder(module, "info");
    byte[] bytes = bytes(file, MAX_SMALL);
    JsonNode info;
    try {
      if (bytes == null) {
        throw new ExtractionException(".info is larger than the limit");
      }
      info = Json.read(bytes, ".info");
    } catch (ExtractionException e) {
      throw e.withPartial(builder.build());
    }
    addInfo(builder, info);
    return builder.build();
  }

  private static PackageMetadata.Builder builder(ModulePath module, String kind) {
    return PackageMetadata.builder(GolangColumns.ALL)
        .purl(purl(module.namespace(), module.name(), module.version()))
        .namespace(module.namespace())
        .name(module.name())
        .version(module.version())
        .column("file_kind", kind)
        .column("module", module.module());
  }

  private static @Nullable String purl(
      @Nullable String namespace, String name, @Nullable String version) {
    return name.isEmpty()
        ? null
        : Purl.of(TYPE, namespace, name, version, Collections.emptySortedMap());
  }

  /** What is wrong with it, null where nothing is. */
  private static @Nullable String addMod(
      PackageMetadata.Builder builder, ModulePath module, GoMod mod, byte[] bytes) {
    for (GoMod.Require require : mod.requires) {
      // The least version that will do, not the one: without a version in the purl.
      ModulePath path = new ModulePath(require.module(), require.version());
      builder.addDependency(
          new Dependency(
              purl(path.namespace(), path.name(), null),
              require.module(),
              require.version(),
              require.indirect() ? "indirect" : "direct",
              false));
    }
    builder
        .column("declared_module", module.module().equals(mod.module) ? null : mod.module)
        .column("go_mod_h1", ModuleHash.ofGoMod(bytes))
        .column("go_version", mod.go)
        .column("toolchain", mod.toolchain)
        .column("deprecated", mod.deprecated)
        .column("replaces", GolangColumns.replaces(mod))
        .column("excludes", GolangColumns.orNull(mod.excludes))
        .column("retracts", GolangColumns.retracts(mod))
        .column("tools", GolangColumns.orNull(mod.tools));
    return mod.damage();
  }

  /** An .info that is no JSON has an entry of its own to say so. */
  private static void addInfo(PackageMetadata.Builder builder, byte @Nullable [] bytes) {
    if (bytes != null) {
      try {
        addInfo(builder, Json.read(bytes, ".info"));
      } catch (ExtractionException e) {
        builder.publishedNanos(null);
      }
    }
  }

  private static void addInfo(PackageMetadata.Builder builder, JsonNode info) {
    JsonNode origin = info.path("Origin");
    builder
        .publishedNanos(nanos(Json.text(info, "Time")))
        .vcsUrl(Json.text(origin, "URL"))
        .column("vcs", Json.text(origin, "VCS"))
        .column("vcs_ref", Json.text(origin, "Ref"))
        .column("vcs_commit", Json.text(origin, "Hash"))
        .column("vcs_path", Json.text(origin, "Subdir"));
  }

  private static void addRecorded(
      PackageMetadata.Builder builder, @Nullable String h1, byte @Nullable [] ziphash) {
    String recorded =
        ziphash == null ? null : Limits.text(new String(ziphash, StandardCharsets.UTF_8));
    if (recorded != null) {
      builder
          .column("h1_recorded", recorded)
          .column("h1_matches", h1 == null ? null : h1.equals(recorded));
    }
  }

  private static @Nullable Long nanos(@Nullable String time) {
    try {
      if (time == null) {
        return null;
      }
      Instant instant = OffsetDateTime.parse(time).toInstant();
      long nanos =
          Math.addExact(
              Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
      // Go's zero time, of proxies that know none.
      return instant.getEpochSecond() < -62_000_000_000L ? null : nanos;
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static byte @Nullable [] sibling(
      PackageFile file, String extension, int max, ExtractionContext context) throws IOException {
    if (!file.path().contains("/@v/")) {
      return null;
    }
    String name = file.fileName();
    PackageFile found = context.sibling(name.substring(0, name.lastIndexOf('.')) + extension);
    return found == null ? null : bytes(found, max);
  }

  private static byte @Nullable [] bytes(PackageFile file, int max) throws IOException {
    if (file.size() > max) {
      return null;
    }
    byte[] bytes = new byte[(int) file.size()];
    file.slice(0, bytes.length).get(bytes);
    return bytes;
  }
}
