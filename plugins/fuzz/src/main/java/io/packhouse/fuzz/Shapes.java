package io.packhouse.fuzz;

import static io.packhouse.fuzz.Containers.ascii;
import static io.packhouse.fuzz.Shape.joined;
import static io.packhouse.fuzz.Shape.part;
import static io.packhouse.fuzz.Shape.parts;
import static io.packhouse.fuzz.Shape.raw;
import static io.packhouse.fuzz.Shape.tarGz;
import static io.packhouse.fuzz.Shape.withSiblings;
import static io.packhouse.fuzz.Shape.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The shapes of each package type. Inputs choose them by number, so a new one goes to the end of
 * its list: the corpus would mean other things.
 */
final class Shapes {

  /** By package type, in the order in which a first byte of '0', '1', … chooses them. */
  static final Map<String, List<Shape>> OF_TYPES = new TreeMap<>();

  static {
    OF_TYPES.put("apk", List.of(raw("main/x86_64/foo-2.0-r3.apk"), Shapes::apk));
    OF_TYPES.put(
        "cargo",
        List.of(
            raw("crates/deep-sea-1.2.3.crate"),
            tarGz(
                "crates/deep-sea-1.2.3.crate",
                "deep-sea-1.2.3/Cargo.toml",
                "deep-sea-1.2.3/.cargo_vcs_info.json",
                "deep-sea-1.2.3/Cargo.lock",
                "deep-sea-1.2.3/src/lib.rs")));
    OF_TYPES.put(
        "composer",
        List.of(
            raw("acme/log-1.0.zip"),
            zip("acme/log-1.0.zip", "composer.json"),
            zip("acme-log-0a1b2c3.zip", "acme-log-0a1b2c3/composer.json")));
    OF_TYPES.put(
        "conda",
        List.of(
            raw("linux-64/absl-py-0.4.1-py36_0.conda"),
            raw("linux-64/absl-py-0.4.1-py36_0.tar.bz2"),
            Shapes::conda,
            input ->
                new Shape.Made(
                    "renamed.tar.bz2",
                    Containers.bzip2(
                        Containers.tar(
                            Containers.members(
                                parts(input), "info/index.json", "info/about.json"))),
                    List.of())));
    OF_TYPES.put(
        "deb", List.of(raw("pool/libfoo1_2.0-3_amd64.deb"), raw("pool/a.udeb"), Shapes::deb));
    OF_TYPES.put("gem", List.of(raw("gems/deep-sea-1.10.gem"), Shapes::gem));
    OF_TYPES.put("generic", generic());
    OF_TYPES.put(
        "golang",
        List.of(
            raw("cache/download/example.org/!azure/sdk/@v/v1.2.0.zip"),
            withSiblings("cache/download/example.org/!azure/sdk/@v/v1.2.0.mod"),
            withSiblings("cache/download/example.org/!azure/sdk/@v/v1.2.0.info"),
            zip("sdk.zip", "example.org/Azure/sdk@v1.2.0/go.mod", "example.org/Azure/sdk@v1.2.0/a"),
            input -> {
              List<byte[]> parts = parts(input);
              byte[] zip =
                  Containers.zip(Map.of("example.org/Azure/sdk@v1.2.0/a.go", parts.getFirst()));
              return new Shape.Made(
                  "cache/download/example.org/!azure/sdk/@v/v1.2.0.zip",
                  zip,
                  parts.subList(1, parts.size()));
            }));
    OF_TYPES.put(
        "helm",
        List.of(
            raw("charts/web-1.2.3.tgz"),
            tarGz(
                "charts/web-1.2.3.tgz",
                "web/Chart.yaml",
                "web/values.yaml",
                "web/requirements.yaml",
                "web/charts/db/Chart.yaml",
                "web/charts/db/values.yaml",
                "web/charts/packed-1.0.0.tgz")));
    OF_TYPES.put("hex", List.of(raw("tarballs/deep_sea-1.2.3-rc.1.tar"), Shapes::hex));
    OF_TYPES.put("maven", maven());
    OF_TYPES.put(
        "npm",
        List.of(
            raw("@acme/tool/-/tool-1.2.3.tgz"),
            raw("dir/b.tar.gz"),
            tarGz(
                "@acme/tool/-/tool-1.2.3.tgz",
                "package/package.json",
                "package/node_modules/a/package.json",
                "package/node_modules/@b/c/package.json",
                "package/binding.gyp",
                "package/npm-shrinkwrap.json"),
            tarGz("dir/b.tar.gz", "b/package.json")));
    OF_TYPES.put(
        "nuget",
        List.of(
            raw("a/example.lib.nupkg"),
            raw("a/example.lib.1.0.0.snupkg"),
            zip("a/example.lib.1.0.0.nupkg", "Example.Lib.nuspec"),
            Shapes::nupkgOfNames));
    OF_TYPES.put("oci", List.of(raw("img.tar"), Shapes::ociFolder, Shapes::ociTar, Shapes::docker));
    OF_TYPES.put("pypi", pypi());
    OF_TYPES.put("rpm", List.of(raw("Packages/f/foo-2.0-3.x86_64.rpm"), Shapes::rpm));
  }

  private Shapes() {}

  private static List<Shape> generic() {
    return Stream.of(
            "a/b.jar.sha1",
            "a/b.jar.sha256",
            "a/b.jar.sha512",
            "a/b.jar.md5",
            "a/SHA256SUMS",
            "a/b.jar.asc",
            "a/b.whl.sig",
            "a/b.whl.publish.attestation",
            "a/b.provenance",
            "a/b.sigstore.json",
            "a/app.cdx.json",
            "a/app.cdx.xml",
            "a/app.spdx",
            "a/app.spdx.json",
            "a/package-lock.json",
            "a/yarn.lock",
            "a/pnpm-lock.yaml",
            "a/Cargo.lock",
            "a/poetry.lock",
            "a/Pipfile.lock",
            "a/Gemfile.lock",
            "a/composer.lock",
            "a/go.sum",
            "a/gradle.lockfile",
            "a/packages.lock.json",
            "a/repo.bundle")
        .map(Shape::withSiblings)
        .toList();
  }

  private static List<Shape> maven() {
    return List.of(
        raw("org/a/lib/1.0/lib-1.0.jar"),
        raw("apps/lib.war"),
        withSiblings("org/a/lib/1.0/lib-1.0.pom"),
        withSiblings("poms/lib.pom"),
        raw("org/a/lib/maven-metadata.xml"),
        zip(
            "apps/lib-1.0.jar",
            "META-INF/MANIFEST.MF",
            "META-INF/maven/org.a/lib/pom.properties",
            "META-INF/maven/org.a/lib/pom.xml",
            "META-INF/maven/org.b/shaded/pom.properties",
            "META-INF/maven/org.b/shaded/pom.xml",
            "org/a/lib/A.class",
            "module-info.class",
            "META-INF/SIGNER.RSA"),
        whole("apps/lib-1.0.jar", "module-info.class"),
        whole("apps/web.war", "WEB-INF/lib/a.jar"),
        input -> {
          List<byte[]> parts = parts(input);
          return new Shape.Made(
              "org/a/lib/1.0/lib-1.0.jar",
              Containers.zip(
                  Containers.members(parts, "META-INF/MANIFEST.MF", "META-INF/SIGNER.RSA")),
              parts.subList(Math.min(2, parts.size()), parts.size()));
        },
        whole("apps/lib-1.0.jar", "META-INF/SIGNER.RSA"));
  }

  /** All of the input as one member: it may hold the byte that separates parts. */
  private static Shape whole(String path, String name) {
    return input -> new Shape.Made(path, Containers.zip(Map.of(name, input)), List.of());
  }

  private static List<Shape> pypi() {
    return List.of(
        raw("w/demo_pkg-1.0-py3-none-any.whl"),
        raw("demo-1.0.tar.gz"),
        raw("demo-1.0.zip"),
        zip(
            "w/demo_pkg-1.0-2-py3-none-any.whl",
            "demo_pkg-1.0.dist-info/METADATA",
            "demo_pkg-1.0.dist-info/WHEEL",
            "demo_pkg-1.0.dist-info/RECORD",
            "demo_pkg-1.0.dist-info/entry_points.txt",
            "demo_pkg-1.0.dist-info/top_level.txt",
            "demo_pkg/__init__.py"),
        tarGz(
            "demo-1.0.tar.gz",
            "demo-1.0/PKG-INFO",
            "demo-1.0/setup.py",
            "demo-1.0/demo.egg-info/requires.txt",
            "demo-1.0/demo.egg-info/entry_points.txt",
            "demo-1.0/demo.egg-info/top_level.txt"),
        zip(
            "demo-1.0-py2.7.egg",
            "EGG-INFO/PKG-INFO",
            "EGG-INFO/requires.txt",
            "EGG-INFO/entry_points.txt",
            "EGG-INFO/top_level.txt"));
  }

  private static Shape.Made apk(byte[] input) throws IOException {
    List<byte[]> parts = parts(input);
    byte[] data = Containers.gzip(Containers.tar(Map.of("usr/bin/foo", part(parts, 2))));
    byte[] hash = ascii("datahash = " + Containers.sha256(data) + "\n");
    Map<String, byte[]> control = new LinkedHashMap<>();
    control.put(".PKGINFO", joined(parts.getFirst(), hash));
    control.put(".post-install", part(parts, 1));
    byte[] file =
        joined(
            Containers.gzip(Containers.openTar(Map.of(".SIGN.RSA.key.pub", new byte[8]))),
            Containers.gzip(Containers.openTar(control)),
            data);
    return new Shape.Made("main/x86_64/foo-2.0-r3.apk", file, List.of());
  }

  private static Shape.Made conda(byte[] input) throws IOException {
    Map<String, byte[]> info =
        Containers.members(parts(input), "info/index.json", "info/about.json");
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("metadata.json", ascii("{\"conda_pkg_format_version\": 2}"));
    members.put("pkg-absl-py-0.4.1-py36_0.tar.zst", Containers.zstd(Containers.tar(Map.of())));
    members.put("info-absl-py-0.4.1-py36_0.tar.zst", Containers.zstd(Containers.tar(info)));
    String path = "linux-64/absl-py-0.4.1-py36_0.conda";
    return new Shape.Made(path, Containers.zip(members), List.of());
  }

  private static Shape.Made deb(byte[] input) throws IOException {
    List<byte[]> parts = parts(input);
    Map<String, byte[]> control =
        Containers.members(parts, "./control", "./conffiles", "./postinst");
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("debian-binary", ascii("2.0\n"));
    members.put("control.tar.gz", Containers.gzip(Containers.tar(control)));
    members.put(
        "data.tar", Containers.tar(Map.of("./usr/share/doc/libfoo1/copyright", part(parts, 3))));
    return new Shape.Made("pool/libfoo1_2.0-3_amd64.deb", Containers.ar(members), List.of());
  }

  private static Shape.Made gem(byte[] input) throws IOException {
    List<byte[]> parts = parts(input);
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("metadata.gz", Containers.gzip(parts.getFirst()));
    members.put("data.tar.gz", Containers.gzip(part(parts, 2)));
    members.put("checksums.yaml.gz", Containers.gzip(part(parts, 1)));
    return new Shape.Made("gems/deep-sea-1.10.gem", Containers.tar(members), List.of());
  }

  private static Shape.Made hex(byte[] input) throws IOException {
    byte[] contents = Containers.gzip(Containers.tar(Map.of("lib/a.ex", new byte[1])));
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("VERSION", ascii("3"));
    members.put("CHECKSUM", ascii(Containers.sha256(ascii("3"), input, contents)));
    members.put("metadata.config", input);
    members.put("contents.tar.gz", contents);
    return new Shape.Made("tarballs/deep_sea-1.2.3.tar", Containers.tar(members), List.of());
  }

  /** A nuspec, and empty members whose names are the lines of the second part. */
  private static Shape.Made nupkgOfNames(byte[] input) throws IOException {
    List<byte[]> parts = parts(input);
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("Example.Lib.nuspec", parts.getFirst());
    new String(part(parts, 1), StandardCharsets.UTF_8)
        .lines()
        .filter(name -> name.length() <= 1_000)
        .limit(64)
        .forEach(name -> members.putIfAbsent(name, new byte[0]));
    return new Shape.Made("a/example.lib.1.0.0.nupkg", Containers.zip(members), List.of());
  }

  private static Shape.Made ociFolder(byte[] input) {
    List<byte[]> parts = linked(input);
    List<byte[]> siblings = new ArrayList<>();
    siblings.add(ascii("{\"imageLayoutVersion\":\"1.0.0\"}"));
    siblings.addAll(parts.subList(1, parts.size()));
    return new Shape.Made("img/index.json", parts.getFirst(), siblings);
  }

  private static Shape.Made ociTar(byte[] input) throws IOException {
    Map<String, byte[]> members = blobs(linked(input));
    members.put("oci-layout", ascii("{\"imageLayoutVersion\":\"1.0.0\"}"));
    members.put("index.json", linked(input).getFirst());
    return new Shape.Made("img.tar", Containers.tar(members), List.of());
  }

  private static Shape.Made docker(byte[] input) throws IOException {
    List<byte[]> parts = linked(input);
    Map<String, byte[]> members = blobs(parts);
    members.put("manifest.json", parts.getFirst());
    members.put("config.json", part(parts, 1));
    members.put("layer.tar", part(parts, 2));
    return new Shape.Made("saved.tar", Containers.tar(members), List.of());
  }

  private static Map<String, byte[]> blobs(List<byte[]> parts) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (byte[] blob : parts.subList(1, parts.size())) {
      members.put("blobs/sha256/" + Containers.sha256(blob), blob);
    }
    return members;
  }

  /**
   * Parts that name each other: {@code $1} to {@code $9} is the digest of a later part in hex.
   * Nothing can name itself or one before it, as is so with digests.
   */
  private static List<byte[]> linked(byte[] input) {
    List<byte[]> parts = new ArrayList<>(parts(input));
    for (int i = parts.size() - 1; i >= 0; i--) {
      String text = new String(parts.get(i), StandardCharsets.ISO_8859_1);
      for (int later = i + 1; later < Math.min(parts.size(), 10); later++) {
        text = text.replace("$" + later, Containers.sha256(parts.get(later)));
      }
      parts.set(i, text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return parts;
  }

  /**
   * A lead, and two headers whose counts are right: first bytes say how many entries each has and
   * how long the first one's store is.
   */
  private static Shape.Made rpm(byte[] input) {
    ByteBuffer rest = ByteBuffer.wrap(input);
    int entries = next(rest, 0x0F);
    byte[] signature = rpmHeader(rest, entries, 16 * entries + next(rest, 0xFF));
    int mainEntries = next(rest, 0x7F);
    byte[] main = rpmHeader(rest, mainEntries, rest.remaining());
    byte[] lead = new byte[96];
    ByteBuffer.wrap(lead).putInt(0xEDABEEDB).put((byte) 3).put(79, (byte) 5);
    byte[] padding = new byte[-signature.length & 7];
    byte[] file = joined(lead, signature, padding, main, new byte[4]);
    return new Shape.Made("Packages/f/foo-2.0-3.x86_64.rpm", file, List.of());
  }

  private static int next(ByteBuffer bytes, int mask) {
    return bytes.hasRemaining() ? bytes.get() & mask : 0;
  }

  private static byte[] rpmHeader(ByteBuffer bytes, int stated, int stop) {
    byte[] body = new byte[Math.min(stop, bytes.remaining())];
    bytes.get(body);
    int entries = Math.min(stated, body.length / 16);
    ByteBuffer header = ByteBuffer.allocate(16 + body.length);
    header.putInt(0x8EADE801).putInt(0).putInt(entries).putInt(body.length - 16 * entries);
    return header.put(body).array();
  }
}
