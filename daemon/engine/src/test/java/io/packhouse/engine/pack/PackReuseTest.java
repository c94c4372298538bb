package io.packhouse.engine.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.base.EarlierExtraction;
import io.packhouse.engine.base.PackBase;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.ArchiveOpeners;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.merge.Merger;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.base.BaseArchive;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.Interest;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Metadata taken from a base: what a delta has is byte for byte what it has where nothing is taken,
 * whatever has changed.
 */
class PackReuseTest extends PackFixture {
  private static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("seen", ColumnType.Scalar.STRING, "what the siblings are"),
          new ColumnSpec("lines", new ColumnType.ListOf(ColumnType.Scalar.STRING), "its lines"),
          new ColumnSpec(
              "part",
              new ColumnType.StructOf(
                  List.of(
                      new ColumnSpec("flag", ColumnType.Scalar.BOOL, "a flag"),
                      new ColumnSpec("number", ColumnType.Scalar.INT64, "a number"))),
              "a part"));

  /**
   * Does as each line of a {@code .ask} file says: {@code read PATH}, {@code size PATH}, {@code sum
   * PATH} ask for a sibling, {@code nest PATH} finds a package, {@code fail}, {@code none}.
   */
  private static final class Asking implements PackageExtractor {
    final Set<String> asked = new ConcurrentSkipListSet<>();

    @Override
    public String packageType() {
      return "ask";
    }

    @Override
    public String name() {
      return "asking";
    }

    @Override
    public List<ColumnSpec> columns() {
      return COLUMNS;
    }

    @Override
    public Interest interest() {
      return Interest.inSuffixes(".ask");
    }

    @Override
    public PackageMetadata extract(PackageFile file, ExtractionContext context)
        throws ExtractionException, IOException {
      asked.add(file.path());
      StringBuilder seen = new StringBuilder();
      PackageMetadata.Builder target = PackageMetadata.builder(COLUMNS);
      List<String> lines = text(file).lines().toList();
      for (String line : lines) {
        String name = line.substring(line.indexOf(' ') + 1);
        switch (line.substring(0, Math.max(0, line.indexOf(' ')))) {
          case "read" -> {
            PackageFile other = context.sibling(name);
            seen.append(other == null ? "nothing" : text(other)).append('|');
          }
          case "size" -> {
            PackageFile other = context.sibling(name);
            seen.append(other == null ? -1 : other.size()).append('|');
          }
          case "sum" -> {
            byte[] sum = context.digest(name, "sha1");
            seen.append(sum == null ? "none" : HexFormat.of().formatHex(sum)).append('|');
          }
          case "nest" -> target.addNested(new NestedPackage(name, nested(name)));
          case "fail" -> throw new ExtractionException("as it says");
          case "none" -> {
            return null;
          }
          default -> {}
        }
      }
      return target
          .purl("pkg:ask/" + file.size())
          .name(seen.isEmpty() ? null : seen.toString())
          .addAuthor("somebody")
          .publishedNanos(file.size() % 2 == 0 ? null : file.size())
          .addDependency(new Dependency(null, "one", "1", null, file.size() % 2 == 0))
          .column("seen", seen.toString())
          .column("lines", lines)
          .column("part", lines.size() % 2 == 0 ? Map.of() : Map.of("flag", true, "number", 7L))
          .build();
    }

    private static PackageMetadata nested(String name) {
      PackageMetadata.Builder target = PackageMetadata.builder(COLUMNS).version(name);
      if (name.length() > 3) {
        target.addNested(new NestedPackage("in/" + name.substring(1), nested(name.substring(1))));
      }
      return target.build();
    }

    private static String text(PackageFile file) throws IOException {
      return StandardCharsets.UTF_8.decode(file.slice(0, (int) file.size())).toString();
    }
  }

  /** A base none of whose metadata is to be had. */
  private record Silent(PackBase base) implements PackBase {
    @Override
    public @org.jspecify.annotations.Nullable String extractors() {
      return null;
    }

    @Override
    public EarlierExtraction extraction(byte[] path, byte[] digest, EarlierExtraction.Check check) {
      throw new AssertionError("asked for metadata");
    }

    @Override
    public List<BaseId> ids() {
      return base.ids();
    }

    @Override
    public Path path() {
      return base.path();
    }

    @Override
    public long[] find(byte[] digest, long length) throws IOException {
      return base.find(digest, length);
    }

    @Override
    public boolean mayHaveLength(long length) {
      return base.mayHaveLength(length);
    }

    @Override
    public void checkUnchanged() throws IOException {
      base.checkUnchanged();
    }

    @Override
    public boolean mayHave(byte[] digest) {
      return base.mayHave(digest);
    }

    @Override
    public long[] near(byte[] path, long length) throws IOException {
      return base.near(path, length);
    }

    @Override
    public EarlierFile open(long row) throws IOException {
      return base.open(row);
    }

    @Override
    public void close() throws IOException {
      base.close();
    }
  }

  private final Asking asking = new Asking();

  private Options asking(String identity) {
    Options options = options().force();
    options.extractors = ExtractorHost.of(List.of(asking)).identifiedBy(identity);
    return options;
  }

  private Path beside(String name) {
    return output.resolveSibling(name + ".pkh");
  }

  private Path packBase(String name) throws Exception {
    packer(asking("one")).pack(beside(name));
    return beside(name);
  }

  /** Packs a delta twice, and says which files extractors looked at in the one that may reuse. */
  private Set<String> packDelta(Path of, Options options) throws Exception {
    try (BaseArchive base = BaseArchive.open(of)) {
      packer(options).withBase(new Silent(base)).pack(beside("afresh"));
    }
    asking.asked.clear();
    try (BaseArchive base = BaseArchive.open(of)) {
      packer(options).withBase(base).pack(output);
    }
    assertThat(output).hasSameBinaryContentAs(beside("afresh"));
    return Set.copyOf(asking.asked);
  }

  private void ask(String name, String... lines) throws IOException {
    file(name, String.join("\n", lines).getBytes(UTF_8));
  }

  @Test
  void whatHasNotChangedIsNotLookedAtAgain() throws Exception {
    ask("alone.ask", "nothing", "nest b.x", "nest a.xyz", "nest a.xyz!/z");
    ask("d/parent.ask", "read ../parent", "size ../parent", "sum ../parent");
    ask("d/missing.ask", "read nothing", "sum nothing");
    ask("d/refused.ask", "none ");
    ask("d/failed.ask", "fail ");
    ask("d/large.ask", "sum ../large", "size ../large");
    ask("d/huge.ask", "read ../huge");
    file("parent", Bytes.text(1, 5_000));
    file("large", 600 << 10);
    file("huge", 300 << 10);
    byte[] big = Bytes.text(7, 3 * BLOB);
    file("big.ask", big);
    Path base = packBase("base");

    assertThat(packDelta(base, asking("one")))
        .as("errors are looked at again, and what needs contents of large siblings")
        .containsExactlyInAnyOrder("d/failed.ask", "d/huge.ask");
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      assertThat(reader.find("alone.ask!/a.xyz!/z")).isNotNull();
      assertThat(reader.summary().formatVersion()).isEqualTo("1.3");
    }

    file("parent", Bytes.text(2, 5_000));
    assertThat(packDelta(base, asking("one"))).contains("d/parent.ask").doesNotContain("alone.ask");
    file("parent", Bytes.text(1, 5_000));
    ask("d/nothing", "is something now");
    assertThat(packDelta(base, asking("one"))).contains("d/missing.ask").hasSize(3);
    Files.delete(tree.resolve("parent"));
    file("large", 601 << 10);
    assertThat(packDelta(base, asking("one")))
        .contains("d/parent.ask", "d/large.ask")
        .doesNotContain("d/refused.ask");
    Files.move(tree.resolve("alone.ask"), tree.resolve("d/moved.ask"));
    assertThat(packDelta(base, asking("one"))).contains("d/moved.ask").doesNotContain("big.ask");
    big[10] ^= 3;
    file("big.ask", big);
    assertThat(packDelta(base, asking("one"))).contains("big.ask");
  }

  @Test
  void siblingsCountWhetherTheyArePackedOrNot() throws Exception {
    ask("d/a.ask", "read ../parent");
    file("parent", Bytes.text(1, 500));
    packer(asking("one").exclude("/parent")).pack(beside("base"));

    assertThat(packDelta(beside("base"), asking("one").exclude("/parent"))).isEmpty();
    assertThat(packDelta(beside("base"), asking("one"))).isEmpty();
    file("parent", Bytes.text(2, 500));
    assertThat(packDelta(beside("base"), asking("one").exclude("/parent"))).contains("d/a.ask");
  }

  @Test
  void otherExtractorsLookAgain() throws Exception {
    ask("a.ask", "nothing");
    Path base = packBase("base");

    assertThat(packDelta(base, asking("one"))).isEmpty();
    assertThat(packDelta(base, asking("two"))).containsExactly("a.ask");
    assertThat(packDelta(base, asking(null))).containsExactly("a.ask");
    assertThat(packDelta(base, asking("one").digests(DigestAlgorithm.SHA1)))
        .as("with digests, larger siblings are digested")
        .containsExactly("a.ask");
    packer(asking(null)).pack(beside("old"));
    try (ArchiveReader reader = ArchiveReader.open(beside("old"))) {
      assertThat(reader.parts().footer().seal().minorVersion()).isZero();
      assertThat(reader.parts().index().columns().extractSiblings()).isNull();
    }
    assertThat(packDelta(beside("old"), asking("one"))).containsExactly("a.ask");
  }

  @Test
  void pluginsLookAgain() throws Exception {
    ask("a.ask", "nothing");
    Options options = options().force();
    options.extractors =
        new ExtractorHost(
                List.of(new InstalledExtractor(asking, "/plugins/asking.jar")),
                ArchiveOpeners.NONE,
                ExtractionLimits.DEFAULT)
            .identifiedBy("one");
    packer(options).pack(beside("base"));

    assertThat(packDelta(beside("base"), options)).containsExactly("a.ask");
    assertThat(packDelta(packBase("built-in"), options)).containsExactly("a.ask");
  }

  @Test
  void chainsAndMergedArchivesKeepWhatWasAskedFor() throws Exception {
    for (int i = 0; i < 5; i++) {
      ask("d/" + i + ".ask", "read ../parent", "read other" + i);
    }
    file("parent", Bytes.text(1, 500));
    Path first = packBase("first");
    ask("d/5.ask", "size ../parent");
    packDelta(first, asking("one"));
    Files.move(output, beside("second"));
    ask("d/6.ask", "sum ../parent");

    assertThat(packDelta(beside("second"), asking("one"))).containsExactly("d/6.ask");
    try (ArchiveReader reader = ArchiveReader.open(beside("second"))) {
      try (var to = io.packhouse.engine.pack.OutputFile.create(beside("merged"), false)) {
        new Merger(reader, "test", (blobs, bytes, all) -> {}).merge(to);
      }
    }
    try (ArchiveReader reader = ArchiveReader.open(beside("merged"))) {
      assertThat(reader.parts().footer().metadata().values())
          .containsKey(ArchiveFormat.KEY_EXTRACTORS);
    }
    assertThat(packDelta(beside("merged"), asking("one"))).containsExactly("d/6.ask");
  }

  @RepeatedTest(20)
  void whateverChangesTheBytesAreThoseOfLookingAgain() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String[] verbs = {"read", "size", "sum", "nest", "text", "read", "sum"};
    for (int i = 0; i < 60; i++) {
      change(random, verbs);
    }
    Path base = packBase("base");
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5; i++) {
        change(random, verbs);
      }
      Options options = asking("one").workers(1 + random.nextInt(3));
      if (random.nextBoolean()) {
        options.blobBytes(2 * BLOB);
      }
      Set<String> again = packDelta(base, options);
      assertThat(again).as("seed " + seed).hasSizeLessThan(60);
    }
  }

  /** Writes or removes a file, or makes one of its name ask for another. */
  private void change(Random random, String[] verbs) throws IOException {
    String name = "d" + random.nextInt(3) + "/f" + random.nextInt(20);
    switch (random.nextInt(6)) {
      case 0 -> file(name, Bytes.text(random.nextInt(3), 10 + random.nextInt(3)));
      case 1 -> file(name, Bytes.text(random.nextInt(2), (200 << 10) + random.nextInt(2)));
      case 2 -> Files.deleteIfExists(tree.resolve(name));
      default -> {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
          text.append(verbs[random.nextInt(verbs.length)])
              .append(" ../d" + random.nextInt(3) + "/f" + random.nextInt(20))
              .append(random.nextInt(4) == 0 ? ".ask" : "")
              .append('\n');
        }
        // Two packages of one path are an error, which is looked at again.
        file(name + ".ask", text.toString().replace("nest ../", "nest ").getBytes(UTF_8));
      }
    }
  }
}
