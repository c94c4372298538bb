package io.packhouse.engine.read.verify;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what a verification finds. Safe for concurrent use. */
final class Findings {
  private final int limit;
  private final VerifyProgress progress;

  // Guarded by this.
  private final List<Damage> damages = new ArrayList<>();
  private long count;

  Findings(int limit, VerifyProgress progress) {
    this.limit = limit;
    this.progress = progress;
  }

  /** A piece of the verification. */
  @FunctionalInterface
  interface Check {
    void run() throws IOException;
  }

  /**
   * Runs a check and takes note if it finds damage. Other failures of reading pass through.
   *
   * @return whether there was none
   */
  boolean check(Damage.Kind kind, String subject, Check check) throws IOException {
    try {
      check.run();
      return true;
    } catch (CorruptArchiveException e) {
      add(new Damage(kind, subject, e.offset(), String.valueOf(e.getMessage())));
    } catch (MissingBaseException e) {
      add(new Damage(Damage.Kind.BASE, subject, -1, String.valueOf(e.getMessage())));
    } catch (UnsupportedFormatException e) {
      add(new Damage(Damage.Kind.UNSUPPORTED, subject, -1, String.valueOf(e.getMessage())));
    }
    return false;
  }

  /** Takes note of damage at a place. */
  void add(Damage.Kind kind, String subject, Place place, String problem) {
    CorruptArchiveException damage = place.corrupt(problem);
    add(new Damage(kind, subject, place.offset(), String.valueOf(damage.getMessage())));
  }

  private void add(Damage damage) {
    synchronized (this) {
      count++;
      if (damages.size() < limit) {
        damages.add(damage);
      }
    }
    progress.damageFound(damage);
  }

  synchronized long count() {
    return count;
  }

  /** In an order that does not depend on which worker was first. */
  synchronized List<Damage> sorted() {
    return damages.stream()
        .sorted(
            Comparator.comparing(Damage::kind)
                .thenComparingLong(Damage::offset)
                .thenComparing(Damage::subject)
                .thenComparing(Damage::problem))
        .toList();
  }
}
