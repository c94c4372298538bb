import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.StringJoiner;
import org.apache.maven.model.Dependency;
import org.apache.maven.model.License;
import org.apache.maven.model.Model;
import org.apache.maven.model.Parent;
import org.apache.maven.model.Repository;
import org.apache.maven.model.building.DefaultModelBuilderFactory;
import org.apache.maven.model.building.DefaultModelBuildingRequest;
import org.apache.maven.model.building.FileModelSource;
import org.apache.maven.model.building.ModelBuilder;
import org.apache.maven.model.building.ModelBuildingException;
import org.apache.maven.model.building.ModelBuildingRequest;
import org.apache.maven.model.building.ModelBuildingResult;
import org.apache.maven.model.building.ModelSource;
import org.apache.maven.model.resolution.ModelResolver;
import org.apache.maven.model.resolution.UnresolvableModelException;

/**
 * What Maven's own model builder makes of poms, a JSON object a line. Arguments: the repository,
 * then paths of poms below it. Run with the jars of a Maven 3 installation on the class path.
 */
public final class EffectivePoms {

  private EffectivePoms() {}

  public static void main(String[] arguments) throws Exception {
    Path repository = Path.of(arguments[0]);
    ModelBuilder builder = new DefaultModelBuilderFactory().newInstance();
    for (String path : List.of(arguments).subList(1, arguments.length)) {
      DefaultModelBuildingRequest request = new DefaultModelBuildingRequest();
      request.setPomFile(repository.resolve(path).toFile());
      request.setModelResolver(new Folder(repository));
      request.setSystemProperties(new Properties());
      request.setProcessPlugins(false);
      request.setValidationLevel(ModelBuildingRequest.VALIDATION_LEVEL_MINIMAL);
      Model model;
      try {
        model = builder.build(request).getEffectiveModel();
      } catch (ModelBuildingException e) {
        // Problems such as a missing version leave a model that is as far as Maven gets.
        ModelBuildingResult result = e.getResult();
        model = result == null ? null : result.getEffectiveModel();
      }
      System.out.println(model == null ? "{\"path\":" + quote(path) + "}" : json(path, model));
    }
  }

  private static String json(String path, Model model) {
    StringJoiner licenses = new StringJoiner(",", "[", "]");
    for (License license : model.getLicenses()) {
      String name = license.getName() == null ? license.getUrl() : license.getName();
      if (name != null) {
        licenses.add(quote(name.strip()));
      }
    }
    StringJoiner dependencies = new StringJoiner(",", "[", "]");
    for (Dependency d : model.getDependencies()) {
      dependencies.add(
          "["
              + quote(d.getGroupId() + ":" + d.getArtifactId())
              + ","
              + quote(d.getVersion())
              + ","
              + quote(d.getScope())
              + ","
              + d.isOptional()
              + "]");
    }
    return String.format(
        Locale.ROOT,
        "{\"path\":%s,\"namespace\":%s,\"name\":%s,\"version\":%s,\"licenses\":%s,\"dependencies\":%s}",
        quote(path),
        quote(model.getGroupId()),
        quote(model.getArtifactId()),
        quote(model.getVersion()),
        licenses,
        dependencies);
  }

  private static String quote(String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** Finds poms in a folder in the repository layout. */
  private static final class Folder implements ModelResolver {
    private final Path root;

    Folder(Path root) {
      this.root = root;
    }

    @Override
    public ModelSource resolveModel(String group, String artifact, String version)
        throws UnresolvableModelException {
      File file =
          root.resolve(group.replace('.', '/'))
              .resolve(artifact)
              .resolve(version)
              .resolve(artifact + "-" + version + ".pom")
              .toFile();
      if (!Files.isRegularFile(file.toPath())) {
        throw new UnresolvableModelException("not there", group, artifact, version);
      }
      return new FileModelSource(file);
    }

    @Override
    public ModelSource resolveModel(Parent parent) throws UnresolvableModelException {
      return resolveModel(parent.getGroupId(), parent.getArtifactId(), parent.getVersion());
    }

    @Override
    public ModelSource resolveModel(Dependency dependency) throws UnresolvableModelException {
      return resolveModel(
          dependency.getGroupId(), dependency.getArtifactId(), dependency.getVersion());
    }

    @Override
    public void addRepository(Repository repository) {}

    @Override
    public void addRepository(Repository repository, boolean replace) {}

    @Override
    public ModelResolver newCopy() {
      return this;
    }
  }
}
