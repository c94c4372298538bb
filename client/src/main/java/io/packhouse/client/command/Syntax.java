package io.packhouse.client.command;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * What a command takes and what its help says, told to picocli by calls. Its annotations would be
 * read by reflection at each start, through proxy classes that are spun then and there and that the
 * JVM's ahead-of-time cache cannot hold: a third of the CPU of {@code packhouse pack --help}, as
 * docs/decisions/0005-launcher-jvm.md says.
 *
 * <p>Options appear in help in the order in which they are added, unless given a place. Names are
 * parted by a space.
 */
final class Syntax {
  /** Keeps what picocli parsed, which it asks for when an option repeats, and passes it on. */
  private static final class Target<T> implements IGetter, ISetter {
    private final Consumer<T> consumer;
    private @Nullable Object value;

    Target(Consumer<T> consumer) {
      this.consumer = consumer;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    public <V> V get() {
      return (V) value;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"})
    public <V> V set(V next) {
      Object previous = value;
      value = next;
      consumer.accept((T) next);
      return (V) previous;
    }
  }

  private final CommandSpec spec;
  private ArgGroupSpec.@Nullable Builder group;
  private int groups;
  private int options;
  private int operands;

  /** The command of this name, which {@code CommandLine.getCommand} gives back. */
  Syntax(String name, Object command) {
    spec = CommandSpec.wrapWithoutInspection(command, LateFactory.INSTANCE).name(name);
  }

  /** The finished description. */
  CommandSpec spec() {
    return spec;
  }

  UsageMessageSpec usage() {
    return spec.usageMessage();
  }

  /** Has help show the options that follow from this place on. */
  Syntax place(int first) {
    options = first;
    return this;
  }

  Syntax synopsis(String... lines) {
    usage().customSynopsis(lines);
    return this;
  }

  Syntax description(String... lines) {
    usage().description(lines);
    return this;
  }

  /** The exit codes, each as {@code code:text}. */
  Syntax exitCodes(String... texts) {
    usage().exitCodeList(UsageMessageSpec.keyValuesMap(texts));
    return this;
  }

  Syntax footer(String... lines) {
    usage().footer(lines);
    return this;
  }

  /** Begins a group: the options that follow, until {@link #endGroup}, come under this heading. */
  Syntax group(String heading) {
    endGroup();
    group =
        ArgGroupSpec.builder()
            .validate(false)
            .exclusive(false)
            .order(++groups)
            .heading("%n" + heading + ":%n");
    return this;
  }

  Syntax endGroup() {
    if (group != null) {
      spec.addArgGroup(group.build());
      group = null;
    }
    return this;
  }

  /** An option without a value. */
  Syntax flag(String names, String description, Consumer<Boolean> target) {
    return add(option(names, description, target).type(boolean.class));
  }

  /** The flag that asks for help. */
  Syntax helpFlag(String names, String description) {
    return add(option(names, description, (Boolean _) -> {}).type(boolean.class).usageHelp(true));
  }

  /** An option with a value. */
  <T> Syntax option(
      String names, String label, Class<T> type, String description, Consumer<T> target) {
    return add(option(names, description, target).paramLabel(label).type(type));
  }

  /**
   * An option that may have a value, which only {@code =} gives it: what follows it is an operand.
   *
   * @param alone the value of the option by itself
   */
  Syntax optionalValue(
      String name, String label, String alone, String description, Consumer<String> target) {
    return add(
        option(name, description, target)
            .paramLabel(label)
            .type(String.class)
            .arity("0..1")
            .fallbackValue(alone)
            .preprocessor(
                (_, _, _, info) -> {
                  boolean attached = "=".equals(info.get("separator"));
                  if (!attached) {
                    target.accept(alone);
                  }
                  return !attached;
                }));
  }

  /** An option whose value is a {@link ByteSize}. */
  Syntax bytes(String names, String description, Consumer<Long> target) {
    return add(
        option(names, description, target)
            .paramLabel("BYTES")
            .type(long.class)
            .converters(new ByteSize()));
  }

  /** An option that may be repeated. */
  <T> Syntax list(
      String names, String label, Class<T> type, String description, Consumer<List<T>> target) {
    return add(list(names, label, type, description, target, ""));
  }

  /** An option that may be repeated, or name several values with commas. */
  <T> Syntax commaList(
      String names, String label, Class<T> type, String description, Consumer<List<T>> target) {
    return add(list(names, label, type, description, target, ","));
  }

  private static <T> OptionSpec.Builder list(
      String names,
      String label,
      Class<T> type,
      String description,
      Consumer<List<T>> target,
      String separator) {
    return option(names, description, target)
        .paramLabel(label)
        .type(List.class)
        .auxiliaryTypes(type)
        .splitRegex(separator);
  }

  private static <T> OptionSpec.Builder option(
      String names, String description, Consumer<T> consumer) {
    Target<T> target = new Target<>(consumer);
    // Defaults are what the fields are set to from the start.
    return OptionSpec.builder(names.split(" "))
        .description(description)
        .getter(target)
        .setter(target)
        .hasInitialValue(false);
  }

  private Syntax add(OptionSpec.Builder option) {
    OptionSpec built = option.order(options++).build();
    if (group != null) {
      group.addArg(built);
    } else {
      spec.addOption(built);
    }
    return this;
  }

  /** The next operand, which must be there. */
  <T> Syntax operand(String label, Class<T> type, String description, Consumer<T> target) {
    return add(operand(label, description, "1", target).required(true).type(type));
  }

  /** The last operand, which may be left out. */
  <T> Syntax optionalOperand(String label, Class<T> type, String description, Consumer<T> target) {
    return add(operand(label, description, "0..1", target).type(type));
  }

  /** All further operands; the label is shown as it is, or as one that repeats. */
  Syntax operands(
      String label, boolean labelAsIs, String description, Consumer<List<String>> target) {
    return add(
        operand(label, description, "0..*", target)
            .index(operands + "..*")
            .hideParamSyntax(labelAsIs)
            .type(List.class)
            .auxiliaryTypes(String.class));
  }

  private <T> PositionalParamSpec.Builder operand(
      String label, String description, String arity, Consumer<T> consumer) {
    Target<T> target = new Target<>(consumer);
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .description(description)
        .arity(arity)
        .index(String.valueOf(operands))
        .getter(target)
        .setter(target)
        .hasInitialValue(false);
  }

  private Syntax add(PositionalParamSpec.Builder operand) {
    spec.addPositional(operand.build());
    operands++;
    return this;
  }
}
