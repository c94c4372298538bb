package io.packhouse.server.archive;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.Damage;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.read.verify.VerifyReport;
import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Verifies every archive of a catalog, one after the other and with one thread: for a timer, beside
 * a daemon that serves them. Damage of one is told, and the others are verified all the same.
 */
public final class CatalogVerification {
  /** Of each archive so many damages are named. */
  private static final int NAMED = 10;

  /** The worst that was found. */
  public enum Outcome {
    INTACT,

    /** An archive or a folder could not be read. */
    UNREADABLE,

    /** An archive is damaged, or no archive. */
    DAMAGED
  }

  private final Consumer<String> report;
  private final Consumer<String> complaint;
  private Outcome worst = Outcome.INTACT;
  private long verified;
  private long bytes;
  private long bad;

  /**
   * @param report told of what went well, a line at a time
   * @param complaint told of what did not
   */
  public CatalogVerification(Consumer<String> report, Consumer<String> complaint) {
    this.report = report;
    this.complaint = complaint;
  }

  /** Verifies all that the folders have now. */
  public Outcome run(CatalogSettings settings) throws InterruptedException {
    long start = System.nanoTime();
    try (DirectoryCatalog catalog = DirectoryCatalog.start(settings)) {
      List<CatalogEntry> entries = catalog.entries();
      long failed = catalog.rescan().failed();
      if (failed > 0) {
        complain(Outcome.UNREADABLE, failed + " folders or files could not be looked at");
      }
      for (CatalogEntry entry : entries) {
        verify(catalog, entry);
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    String sum =
        "verified %d archives, %d bytes, in %d.%03d s: %s"
            .formatted(
                verified,
                bytes,
                took.toSeconds(),
                took.toMillisPart(),
                bad == 0 ? "all intact" : bad + " are not intact");
    (bad == 0 ? report : complaint).accept(sum);
    return worst;
  }

  private void verify(DirectoryCatalog catalog, CatalogEntry entry) {
    String name = entry.name().toString();
    try (ArchiveReader reader = catalog.openAlone(entry.name())) {
      VerifyReport found = new ArchiveVerifier(reader).verify(VerifyOptions.all(1));
      verified++;
      bytes += entry.size();
      if (found.isIntact()) {
        return;
      }
      bad++;
      List<Damage> damages = found.damages();
      for (Damage damage : damages.subList(0, Math.min(NAMED, damages.size()))) {
        complain(
            Outcome.DAMAGED, name + ": damaged: " + damage.subject() + ": " + damage.problem());
      }
      if (found.damageCount() > NAMED) {
        complain(Outcome.DAMAGED, name + ": and " + (found.damageCount() - NAMED) + " more");
      }
    } catch (NoSuchFileException e) {
      // It was removed meanwhile, which is no damage.
      report.accept(name + ": is gone");
    } catch (CorruptArchiveException e) {
      bad++;
      complain(Outcome.DAMAGED, name + ": damaged: " + e.problem());
    } catch (IOException e) {
      bad++;
      complain(Outcome.UNREADABLE, name + ": cannot be verified: " + e.getMessage());
    }
  }

  private void complain(Outcome outcome, String line) {
    if (outcome.compareTo(worst) > 0) {
      worst = outcome;
    }
    // A name in an archive is anybody's.
    complaint.accept(line.replaceAll("\\p{Cntrl}", "?"));
  }
}
