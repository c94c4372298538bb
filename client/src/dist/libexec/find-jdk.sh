# Sourced by the launchers. Sets java_home to a JDK 25, or leaves it empty.

# Reads the version from the JDK's own release file: starting each candidate to ask would cost 50 ms.
is_jdk_25() {
  [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r release_line; do
    case $release_line in
      'JAVA_VERSION="25"' | 'JAVA_VERSION="25.'*) return 0 ;;
    esac
  done < "$1/release"
  return 1
}

find_jdk() {
  java_home=
  for candidate in "${JAVA_HOME:-}" "${JAVA25_HOME:-}"; do
    if is_jdk_25 "$candidate"; then
      java_home=$candidate
      return 0
    fi
  done
  if candidate=$(command -v java) && candidate=$(readlink -f "$candidate"); then
    candidate=${candidate%/bin/java}
    if is_jdk_25 "$candidate"; then
      java_home=$candidate
      return 0
    fi
  fi
  for candidate in \
    /usr/lib/jvm/*25* /usr/java/*25* /opt/*25* \
    "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/25* "${HOME:-}"/.jdks/*25* \
    /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    if is_jdk_25 "$candidate"; then
      java_home=$candidate
      return 0
    fi
  done
  if [ -x /usr/libexec/java_home ] && candidate=$(/usr/libexec/java_home -F -v 25 2> /dev/null) \
    && is_jdk_25 "$candidate"; then
    java_home=$candidate
    return 0
  fi
  return 1
}

require_jdk() {
  find_jdk && return 0
  cat >&2 << 'MESSAGE'
packhouse: no JDK 25 found. Install one, for example Temurin 25 (https://adoptium.net), or set
JAVA_HOME or JAVA25_HOME to one that is installed. Looked in JAVA_HOME, JAVA25_HOME, java on PATH,
/usr/lib/jvm, /usr/java, /opt, ~/.sdkman, ~/.jdks and where macOS keeps its own.
MESSAGE
  exit 127
}
