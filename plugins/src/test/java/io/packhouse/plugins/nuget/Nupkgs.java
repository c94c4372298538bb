package io.packhouse.plugins.nuget;

import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds small NuGet packages. */
final class Nupkgs {

  private final Map<String, byte[]> members = new LinkedHashMap<>();

  /** A package of this nuspec, in which {@code metadata} is what is in that element. */
  static Nupkgs nupkg(String metadata) {
    return new Nupkgs()
        .member("_rels/.rels", "<Relationships/>")
        .member(
            "A.nuspec",
            """
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>%s</metadata>
            </package>
            """
                .formatted(metadata));
  }

  Nupkgs member(String name, String text) {
    return member(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Nupkgs member(String name, byte[] bytes) {
    members.put(name, bytes);
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(member.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  PackageFile at(String path) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes()));
  }
}
