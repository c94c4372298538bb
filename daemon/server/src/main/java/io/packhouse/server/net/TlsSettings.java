package io.packhouse.server.net;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What TCP connections are secured with. The files are read again when they change.
 *
 * @param certificate PEM file of the daemon's certificate and those between it and a root; null
 *     where there is no TLS
 * @param key PEM file of its private key, PKCS #8
 * @param clientCertificates PEM file of the authorities whose clients' certificates are taken; null
 *     for none
 * @param clients whether clients show a certificate
 */
public record TlsSettings(
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path clientCertificates,
    Clients clients) {
  public static final TlsSettings DEFAULT = new TlsSettings(null, null, null, Clients.NONE);

  /** Whether clients show a certificate. */
  public enum Clients {
    NONE,
    OPTIONAL,
    REQUIRED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public TlsSettings {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("certificate and key go together: one is missing");
    }
    if ((clientCertificates == null) != (clients == Clients.NONE)) {
      throw new IllegalArgumentException(
          "client-certificates and clients go together: the file is "
              + (clientCertificates == null ? "missing" : "given")
              + ", clients is "
              + clients);
    }
    if (certificate == null && clientCertificates != null) {
      throw new IllegalArgumentException("client-certificates need a certificate and key");
    }
  }

  public boolean isOn() {
    return certificate != null;
  }
}
