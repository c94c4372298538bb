package io.packhouse.server.net;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's certificate, and the authorities whose clients it takes, as their files say. New
 * connections go by what the files said when they were last read. Thread-safe.
 */
public final class TlsIdentity {
  private final TlsSettings settings;
  private final Path certificate;
  private final Path key;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final @Nullable AdvancedTlsX509TrustManager clients;
  private List<Object> stamps = List.of();

  private TlsIdentity(TlsSettings settings) throws IOException {
    this.settings = settings;
    this.certificate = Objects.requireNonNull(settings.certificate());
    this.key = Objects.requireNonNull(settings.key());
    try {
      // The host names of clients are not looked at: their certificates name people and machines.
      this.clients =
          settings.clientCertificates() == null
              ? null
              : AdvancedTlsX509TrustManager.newBuilder()
                  .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                  .build();
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS is not to be had: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the files.
   *
   * @param settings with TLS on
   * @throws IOException if one cannot be read, is no such PEM file, or key and certificate do not
   *     belong together
   */
  public static TlsIdentity load(TlsSettings settings) throws IOException {
    TlsIdentity identity = new TlsIdentity(settings);
    identity.reload();
    return identity;
  }

  /**
   * Reads the files again if one has changed.
   *
   * @return whether there was a change
   * @throws IOException as {@link #load}; what was read before stays in force
   */
  public synchronized boolean reload() throws IOException {
    List<Object> now = new ArrayList<>();
    now.add(stamp(certificate));
    now.add(stamp(key));
    Path authorities = settings.clientCertificates();
    if (authorities != null) {
      now.add(stamp(authorities));
    }
    if (now.equals(stamps)) {
      return false;
    }
    try {
      keys.updateIdentityCredentials(certificate.toFile(), key.toFile());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "the certificate " + certificate + " and the key " + key + " cannot be used: " + why(e),
          e);
    }
    if (authorities != null && clients != null) {
      try {
        clients.updateTrustCredentials(authorities.toFile());
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        throw new IOException(authorities + " holds no certificates: " + why(e), e);
      }
    }
    stamps = now;
    return true;
  }

  private static String why(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static Object stamp(Path path) throws IOException {
    if (!Files.isReadable(path)) {
      throw new IOException(
          path + (Files.exists(path) ? ": permission denied" : ": no such file") + ", for TLS");
    }
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return List.of(
        attributes.lastModifiedTime(),
        attributes.size(),
        Objects.requireNonNullElse(attributes.fileKey(), "none"));
  }

  /** What servers are secured with; follows {@link #reload}. */
  ServerCredentials credentials() {
    TlsServerCredentials.Builder builder = TlsServerCredentials.newBuilder().keyManager(keys);
    if (clients != null) {
      builder.trustManager(clients);
    }
    builder.clientAuth(
        switch (settings.clients()) {
          case NONE -> TlsServerCredentials.ClientAuth.NONE;
          case OPTIONAL -> TlsServerCredentials.ClientAuth.OPTIONAL;
          case REQUIRED -> TlsServerCredentials.ClientAuth.REQUIRE;
        });
    return builder.build();
  }
}
