package io.packhouse.client.doctor;

import io.packhouse.client.doctor.Finding.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What is found, in order. Not thread-safe. */
public final class Findings {
  /** Looks at something. */
  @FunctionalInterface
  public interface Check {
    void run(Findings found) throws IOException, InterruptedException;
  }

  private final List<Finding> all = new ArrayList<>();

  public void ok(String check, String text) {
    all.add(new Finding(check, Level.OK, text, ""));
  }

  public void note(String check, String text, String remedy) {
    all.add(new Finding(check, Level.NOTE, text, remedy));
  }

  public void warning(String check, String text, String remedy) {
    all.add(new Finding(check, Level.WARNING, text, remedy));
  }

  public void problem(String check, String text, String remedy) {
    all.add(new Finding(check, Level.PROBLEM, text, remedy));
  }

  /** Looks at something; a look that fails is something found, and the others go on. */
  public void look(String name, Check check) throws InterruptedException {
    try {
      check.run(this);
    } catch (IOException | RuntimeException | LinkageError e) {
      problem(name, "cannot be looked at: " + e, "see what it says; report it if it says nothing");
    }
  }

  public List<Finding> all() {
    return List.copyOf(all);
  }

  /** The worst of them. */
  public Level worst() {
    return all.stream().map(Finding::level).max(Enum::compareTo).orElse(Level.OK);
  }
}
