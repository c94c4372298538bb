package io.packhouse.client.doctor;

import io.packhouse.client.output.Numbers;
import io.packhouse.server.access.TokenFile;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.ConfigurationException;
import io.packhouse.server.config.ConfigurationFile;
import io.packhouse.server.config.DefaultPaths;
import io.packhouse.server.config.FolderSettings;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.TlsIdentity;
import io.packhouse.server.roots.RootSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the daemon's configuration says, and what it names. Changes nothing. */
public final class ConfigurationChecks {
  /** Where packages put it. */
  private static final Path INSTALLED = Path.of("/etc/packhouse/packhoused.toml");

  private static final long LITTLE_BYTES = 1L << 30;
  private static final long HARDLY_ANY_BYTES = 128L << 20;
  private static final Duration SOON = Duration.ofDays(21);

  /** The daemon's heap, by its launcher. */
  private static final long HEAP_BYTES = 512L << 20;

  private final @Nullable Path file;
  private final Map<String, String> environment;
  private final Clock clock;

  /**
   * Chooses the file.
   *
   * @param file that the user names; null for that of the environment, or of packages
   */
  public ConfigurationChecks(@Nullable Path file, Map<String, String> environment, Clock clock) {
    String variable = environment.get("PACKHOUSED_CONFIG");
    this.file =
        file != null
            ? file
            : variable != null ? Path.of(variable) : Files.exists(INSTALLED) ? INSTALLED : null;
    this.environment = environment;
    this.clock = clock;
  }

  /** Whether there is a file. */
  public boolean isConfigured() {
    return file != null;
  }

  /** Looks at all of it; null where it cannot be read. */
  public @Nullable Configuration run(Findings found) throws InterruptedException {
    @Nullable Configuration[] read = new @Nullable Configuration[1];
    found.look("configuration", all -> read[0] = read(all));
    Configuration configuration = read[0];
    if (configuration == null) {
      return null;
    }
    found.look(
        "limits",
        all ->
            ProcessChecks.limits(
                all,
                configuration.cache().archives(),
                configuration.calls().connections(),
                configuration.work().memoryBytes()
                    + configuration.cache().memoryBytes()
                    + HEAP_BYTES));
    found.look("state", all -> state(all, configuration.stateFolder()));
    for (Map.Entry<String, FolderSettings> folder : configuration.catalog().entrySet()) {
      String check = "catalog." + folder.getKey();
      FolderSettings settings = folder.getValue();
      found.look(check, all -> folder(all, check, settings.path(), settings.writable()));
    }
    for (Map.Entry<String, RootSettings> root : configuration.roots().entrySet()) {
      String check = "roots." + root.getKey();
      RootSettings settings = root.getValue();
      found.look(check, all -> folder(all, check, settings.path(), settings.writable()));
    }
    found.look("plugins", all -> plugins(all, configuration.plugins()));
    found.look("tokens", all -> tokens(all, configuration.access().tokens()));
    found.look("tls", all -> tls(all, configuration));
    found.look("listen", all -> listen(all, configuration));
    return configuration;
  }

  private @Nullable Configuration read(Findings found) throws IOException {
    try {
      Configuration configuration = ConfigurationFile.read(file, environment);
      configuration.metrics().endpoints();
      found.ok("configuration", file == null ? "there is no file: defaults" : file.toString());
      return configuration;
    } catch (ConfigurationException | IllegalArgumentException e) {
      found.problem(
          "configuration",
          String.valueOf(e.getMessage()),
          "correct it; packhoused --check-config says when it is good, and docs/configuration.md"
              + " tells the keys");
      return null;
    }
  }

  private static void state(Findings found, Path folder) throws IOException {
    if (!Files.exists(folder)) {
      Path at = folder;
      while (at.getParent() != null && !Files.exists(at)) {
        at = at.getParent();
      }
      if (Files.isDirectory(at) && Files.isWritable(at)) {
        found.ok("state", folder + " will be made");
      } else {
        found.problem(
            "state",
            folder + " is not there, and " + System.getProperty("user.name") + " cannot make it",
            "make it for the daemon's user, or set state");
      }
      return;
    }
    folder(found, "state", folder, true);
  }

  private static void folder(Findings found, String check, Path folder, boolean writable)
      throws IOException {
    if (!Files.isDirectory(folder)) {
      found.problem(
          check,
          folder + (Files.exists(folder) ? " is no directory" : " is not there, or is hidden"),
          "make it, or correct the configuration");
      return;
    }
    String user = System.getProperty("user.name");
    boolean usable =
        Files.isReadable(folder)
            && Files.isExecutable(folder)
            && (!writable || Files.isWritable(folder));
    if (!usable) {
      String owner = Files.getOwner(folder).getName();
      found.problem(
          check,
          user + " may not " + (writable ? "write " : "read ") + folder + ", which is of " + owner,
          owner.equals(user)
              ? "chmod u+rwx " + folder
              : "give it to the daemon's user; if "
                  + owner
                  + " is that, ask again: sudo -u "
                  + owner
                  + " packhouse doctor");
      return;
    }
    space(found, check, folder, writable);
  }

  private static void space(Findings found, String check, Path folder, boolean writable)
      throws IOException {
    FileStore store = Files.getFileStore(folder);
    long free = store.getUsableSpace();
    String text = folder + ", " + Numbers.bytes(free) + " free";
    String remedy = "make room on " + store.name() + ", or move it";
    if (writable && store.isReadOnly()) {
      found.problem(check, folder + " is on a file system that is mounted read-only", "remount it");
    } else if (writable && free < HARDLY_ANY_BYTES) {
      found.problem(check, text, remedy);
    } else if (writable && free < LITTLE_BYTES) {
      found.warning(check, text, remedy);
    } else {
      found.ok(check, text);
    }
  }

  private static void plugins(Findings found, @Nullable Path folder) throws IOException {
    if (folder == null) {
      found.ok("plugins", "none");
      return;
    }
    if (!Files.isDirectory(folder)) {
      found.problem("plugins", folder + " is not there", "make it, or leave plugins out");
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> hidden = files.filter(file -> !Files.isReadable(file)).toList();
      if (hidden.isEmpty()) {
        found.ok("plugins", folder.toString());
      } else {
        found.problem("plugins", hidden + " cannot be read", "chmod a+r them");
      }
    }
  }

  private void tokens(Findings found, @Nullable Path tokens) {
    if (tokens == null) {
      found.ok("tokens", "none");
      return;
    }
    try {
      TokenFile.open(tokens, clock);
      found.ok("tokens", tokens.toString());
    } catch (IOException e) {
      found.problem(
          "tokens",
          String.valueOf(e.getMessage()),
          "packhouse token create makes such a file; it is the daemon's user's, mode 0600");
    }
  }

  private void tls(Findings found, Configuration configuration) throws IOException {
    Path file = configuration.tls().certificate();
    if (file == null) {
      found.ok("tls", "off");
      return;
    }
    try {
      TlsIdentity.load(configuration.tls());
    } catch (IOException e) {
      found.problem("tls", String.valueOf(e.getMessage()), "correct tls.certificate and tls.key");
      return;
    }
    Instant now = clock.instant();
    X509Certificate certificate = certificate(file);
    Instant end = certificate.getNotAfter().toInstant();
    if (end.isBefore(now)) {
      found.problem("tls", file + " has expired: " + end, "put a new one there, and its key");
    } else if (certificate.getNotBefore().toInstant().isAfter(now)) {
      found.problem(
          "tls",
          file + " is not valid before " + certificate.getNotBefore().toInstant(),
          "set the clock, or put another one there");
    } else if (end.isBefore(now.plus(SOON))) {
      found.warning("tls", file + " expires soon: " + end, "put a new one there, and its key");
    } else {
      found.ok("tls", file + " is valid until " + end);
    }
  }

  private static X509Certificate certificate(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (CertificateException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static void listen(Findings found, Configuration configuration) throws IOException {
    List<Endpoint> endpoints =
        configuration.listen().isEmpty()
            ? List.of(DefaultPaths.ofProcess().socket())
            : configuration.endpoints();
    for (Endpoint endpoint : endpoints) {
      if (endpoint instanceof Endpoint.Unix(Path socket)) {
        Path folder = socket.getParent();
        if (folder != null && !Files.isDirectory(folder) && !configuration.listen().isEmpty()) {
          found.problem(
              "listen",
              folder + " is not there, where the socket is to be",
              "make it for the daemon's user; the unit's RuntimeDirectory= makes those in /run");
          continue;
        }
      } else if (endpoint instanceof Endpoint.Tcp tcp
          && !tcp.isLoopback()
          && !configuration.tls().isOn()) {
        found.problem(
            "listen",
            endpoint + " is open to other machines, without TLS: the daemon does not start",
            "set tls.certificate and tls.key, or listen at tcp://127.0.0.1:" + tcp.port());
        continue;
      }
      found.ok("listen", endpoint.toString());
    }
  }
}
