package io.packhouse.server.net;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
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
      X509Certificate[] chain;
      PrivateKey secret;
      try (InputStream in = Files.newInputStream(certificate)) {
        chain = CertificateUtils.getX509Certificates(in);
      }
      try (InputStream in = Files.newInputStream(key)) {
        secret = CertificateUtils.getPrivateKey(in);
      }
      requireMatch(chain, secret);
      keys.updateIdentityCredentials(chain, secret);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
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

  /**
   * Sees by a signature that a key is a certificate's: else no client would get a connection, and
   * nothing would say why.
   */
  private static void requireMatch(X509Certificate[] chain, PrivateKey secret)
      throws GeneralSecurityException {
    if (chain.length == 0) {
      throw new GeneralSecurityException("there is no certificate");
    }
    String algorithm =
        switch (secret.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> secret.getAlgorithm();
        };
    byte[] sample = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(secret);
    signature.update(sample);
    byte[] signed = signature.sign();
    try {
      signature.initVerify(chain[0].getPublicKey());
      signature.update(sample);
      if (signature.verify(signed)) {
        return;
      }
    } catch (InvalidKeyException | SignatureException e) {
      throw new GeneralSecurityException("the key is not the certificate's", e);
    }
    throw new GeneralSecurityException("the key is not the certificate's");
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
