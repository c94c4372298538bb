# Sourced by the scripts beside it, with `root` set to the checkout. Sets java_home, and with build_classpath
# also classpath and jvm_flags.

. "$root/client/src/dist/libexec/find-jdk.sh"
require_jdk

build_classpath() {
  mvn -q -B -ntp -f "$root/pom.xml" -pl daemon/benchmarks -am package \
    -Dmaven.test.skip=true -Dpackhouse.tar.skip=true -Dpackhouse.compilerPlugin=-g >&2
  classpath=$root/daemon/benchmarks/target/classes:$(cat "$root/daemon/benchmarks/target/classpath")
  jvm_flags=$(sed -n 's:.*<packhouse.jvmFlags>\(.*\)</packhouse.jvmFlags>.*:\1:p' "$root/pom.xml")
}
