package io.packhouse.plugins.maven;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pom with all that it inherits from those parents that are in the same repository. As Maven's
 * model builder does it (maven.apache.org/ref/3.9.9/maven-model-builder): inheritance first, then
 * expressions, then imported management, then management.
 */
final class EffectivePom {

  /** Parents of parents; the deepest real ones are some 8. */
  private static final int MAX_PARENTS = 16;

  /** Poms that import poms that import poms. */
  private static final int MAX_IMPORTS = 8;

  private final List<PomModel> chain;
  private final PomValues values;
  private final PomFinder finder;
  private final boolean complete;
  private @Nullable Map<String, PomDependency> managedOther;
  private @Nullable List<EffectivePom> imports;

  private EffectivePom(List<PomModel> chain, boolean complete, PomFinder finder) {
    this.chain = chain;
    this.complete = complete;
    this.values = new PomValues(chain);
    this.finder = finder;
  }

  /** Inherits. */
  static EffectivePom of(PomModel pom, PomFinder finder) throws IOException {
    List<PomModel> chain = new ArrayList<>(List.of(pom));
    Set<PomModel.Parent> seen = new HashSet<>();
    PomModel.Parent parent = pom.parent();
    while (parent != null) {
      PomValues own = new PomValues(List.of(chain.getLast()));
      String group = own.resolveOrNull(parent.group());
      String artifact = own.resolveOrNull(parent.artifact());
      String version = own.resolveOrNull(parent.version());
      boolean known = group != null && artifact != null && version != null;
      PomModel next =
          known && seen.add(parent) && chain.size() <= MAX_PARENTS
              ? finder.find(
                  Objects.requireNonNull(group),
                  Objects.requireNonNull(artifact),
                  Objects.requireNonNull(version))
              : null;
      if (next == null) {
        return new EffectivePom(chain, false, finder);
      }
      chain.add(next);
      parent = next.parent();
    }
    return new EffectivePom(chain, true, finder);
  }

  /** The pom itself. */
  PomModel own() {
    return chain.getFirst();
  }

  PomValues values() {
    return values;
  }

  /** Whether all parents were found. */
  boolean isComplete() {
    return complete;
  }

  /** The value of the nearest pom that has one, resolved. */
  @Nullable String inherited(PomValues.Getter getter) {
    return values.resolveOrNull(values.first(getter));
  }

  List<PomModel.License> licenses() {
    for (PomModel model : chain) {
      if (!model.licenses().isEmpty()) {
        return model.licenses();
      }
    }
    return List.of();
  }

  List<String> developers() {
    for (PomModel model : chain) {
      if (!model.developers().isEmpty()) {
        return model.developers();
      }
    }
    return List.of();
  }

  /** Own and inherited dependencies, managed and resolved. */
  List<PomDependency> dependencies() throws IOException {
    Map<String, PomDependency> found = new LinkedHashMap<>();
    for (PomModel model : chain) {
      for (PomDependency dependency : model.dependencies()) {
        PomDependency resolved = values.resolve(dependency);
        if (found.size() < PomModel.MAX_LIST) {
          found.putIfAbsent(resolved.key(), resolved);
        }
      }
    }
    List<PomDependency> managed = new ArrayList<>(found.size());
    for (PomDependency dependency : found.values()) {
      boolean open = dependency.version() == null || dependency.scope() == null;
      PomDependency by = open ? managed(dependency.key()) : null;
      managed.add(by == null ? dependency : dependency.managedBy(by));
    }
    return managed;
  }

  /** What manages dependencies of this key; resolved. */
  private @Nullable PomDependency managed(String key) throws IOException {
    PomDependency own = managedHere(key);
    if (own != null) {
      return own;
    }
    for (EffectivePom imported : imports()) {
      PomDependency found = imported.managedHere(key);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable PomDependency managedHere(String key) {
    for (PomModel model : chain) {
      PomDependency plain = model.managed().get(key);
      if (plain != null) {
        return values.resolve(plain);
      }
      PomDependency other = model.managedOther().isEmpty() ? null : managedOther().get(key);
      if (other != null) {
        return other;
      }
    }
    return null;
  }

  private Map<String, PomDependency> managedOther() {
    Map<String, PomDependency> resolved = managedOther;
    if (resolved == null) {
      resolved = new HashMap<>();
      // What is not resolved here matters only where a dependency is managed by it.
      PomValues aside = new PomValues(chain);
      for (PomModel model : chain) {
        for (PomDependency dependency : model.managedOther()) {
          PomDependency one = aside.resolve(dependency);
          resolved.putIfAbsent(one.key(), one);
        }
      }
      managedOther = resolved;
    }
    return resolved;
  }

  /** All poms imported from, those that imported ones import behind them; each once. */
  private List<EffectivePom> imports() throws IOException {
    List<EffectivePom> found = imports;
    if (found == null) {
      found = new ArrayList<>();
      addImports(found, Collections.newSetFromMap(new IdentityHashMap<>()), finder, 0);
      imports = found;
    }
    return found;
  }

  private void addImports(List<EffectivePom> found, Set<PomModel> seen, PomFinder finder, int depth)
      throws IOException {
    PomValues aside = new PomValues(chain);
    for (PomModel model : chain) {
      for (PomDependency dependency : model.imports()) {
        PomDependency bom = aside.resolve(dependency);
        String group = bom.group();
        String artifact = bom.artifact();
        String version = bom.version();
        if (group == null || artifact == null || version == null) {
          continue;
        }
        PomModel pom = finder.find(group, artifact, version);
        if (pom != null && seen.add(pom)) {
          EffectivePom imported = of(pom, finder);
          found.add(imported);
          if (depth < MAX_IMPORTS) {
            imported.addImports(found, seen, finder, depth + 1);
          }
        }
      }
    }
  }
}
