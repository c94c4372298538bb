package io.packhouse.plugins.maven;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.module.InvalidModuleDescriptorException;
import java.lang.module.ModuleDescriptor;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes what a jar's members other than poms tell into a package's metadata. */
final class JarFacts {

  /** The longest manifests are those of signed jars, of which the main section is the beginning. */
  private static final int MAX_MANIFEST = 1 << 20;

  private static final int MAX_MODULE = 1 << 20;
  private static final int MAX_SIGNATURE = 1 << 20;
  private static final int MAX_SIGNERS = 64;
  private static final int CLASS_HEADER = 8;
  private static final int CLASS_MAGIC = 0xCAFEBABE;

  private JarFacts() {}

  /** The manifest; empty where there is none. */
  static JarManifest manifest(JarScan scan, Problems problems) throws IOException {
    ArchiveMember member = scan.manifest;
    if (member == null) {
      return JarManifest.EMPTY;
    }
    byte[] bytes =
        problems.attempt(
            "",
            () ->
                member.size() <= MAX_MANIFEST
                    ? member.bytes(MAX_MANIFEST)
                    : member.head(MAX_MANIFEST));
    return bytes == null ? JarManifest.EMPTY : JarManifest.parse(bytes);
  }

  static void add(
      JarScan scan, JarManifest manifest, Problems problems, PackageMetadata.Builder target)
      throws IOException {
    addManifest(manifest, target);
    ArchiveMember descriptor = scan.module;
    ModuleDescriptor module =
        descriptor == null ? null : problems.attempt("", () -> module(descriptor));
    target.column("module_name", module == null ? null : module.name());
    problems.attempt("", () -> addClassVersions(scan, target));
    if (!scan.signatures.isEmpty()) {
      Set<String> signers = new TreeSet<>();
      for (ArchiveMember signature : scan.signatures) {
        problems.attempt("", () -> signers(signature, signers));
      }
      target.column("signers", orNull(signers.stream().limit(MAX_SIGNERS).toList()));
    }
    JarPackages packages = scan.hasClasses ? scan.classes : scan.sources;
    target.column("top_packages", orNull(packages.topPackages()));
    target.column("marker_classes", orNull(scan.markers.found()));
  }

  private static void addManifest(JarManifest manifest, PackageMetadata.Builder target) {
    target.column("automatic_module_name", Limits.text(manifest.value("Automatic-Module-Name")));
    target.column("osgi_name", Limits.text(manifest.plainValue("Bundle-SymbolicName")));
    target.column("osgi_version", Limits.text(manifest.value("Bundle-Version")));
    target.column("osgi_imports", orNull(manifest.names("Import-Package")));
    target.column("osgi_exports", orNull(manifest.names("Export-Package")));
    target.column("main_class", Limits.text(manifest.value("Main-Class")));
    String multiRelease = manifest.value("Multi-Release");
    target.column(
        "multi_release", multiRelease == null ? null : multiRelease.equalsIgnoreCase("true"));
  }

  private static @Nullable ModuleDescriptor module(ArchiveMember member)
      throws ExtractionException, IOException {
    byte[] bytes = member.bytes(MAX_MODULE);
    try {
      return ModuleDescriptor.read(new ByteArrayInputStream(bytes));
    } catch (InvalidModuleDescriptorException | IOException e) {
      // Damaged, or of a version that this JDK does not know: no fault of the rest of the jar. Of
      // malformed UTF-8 the JDK says so by an IOException.
      return null;
    }
  }

  private static @Nullable Void addClassVersions(JarScan scan, PackageMetadata.Builder target)
      throws ExtractionException, IOException {
    List<ArchiveMember> sample = new ArrayList<>(scan.samples);
    sample.addAll(scan.versioned.values());
    if (scan.module != null) {
      sample.add(scan.module);
    }
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    for (ArchiveMember member : sample) {
      byte[] head = member.head(CLASS_HEADER);
      if (head.length == CLASS_HEADER && number(head, 0, 4) == CLASS_MAGIC) {
        int major = number(head, 6, 8);
        lowest = Math.min(lowest, major);
        highest = Math.max(highest, major);
      }
    }
    if (highest > 0) {
      target.column("class_version_lowest", lowest);
      target.column("class_version_highest", highest);
    }
    return null;
  }

  private static int number(byte[] bytes, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number << 8 | (bytes[i] & 0xFF);
    }
    return number;
  }

  /**
   * Adds the subjects of the certificates in a signature block that have signed no other in it:
   * which of them the signature is made with is more than the JDK's public API tells.
   */
  private static @Nullable Void signers(ArchiveMember block, Set<String> signers)
      throws ExtractionException, IOException {
    byte[] bytes = block.bytes(MAX_SIGNATURE);
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))) {
        if (certificate instanceof X509Certificate x509 && certificates.size() < MAX_SIGNERS) {
          certificates.add(x509);
        }
      }
      Set<Object> issuers =
          certificates.stream()
              .filter(c -> !c.getIssuerX500Principal().equals(c.getSubjectX500Principal()))
              .map(X509Certificate::getIssuerX500Principal)
              .collect(Collectors.toSet());
      for (X509Certificate certificate : certificates) {
        if (!issuers.contains(certificate.getSubjectX500Principal())) {
          signers.add(certificate.getSubjectX500Principal().getName());
        }
      }
    } catch (CertificateException | RuntimeException e) {
      // The JDK's reader throws unchecked exceptions on some malformed input.
      throw new ExtractionException("signature block is no PKCS #7 with certificates", e);
    }
    return null;
  }

  private static @Nullable List<String> orNull(List<String> list) {
    return list.isEmpty() ? null : list;
  }
}
