package io.packhouse.plugins.rpm;

import java.util.LinkedHashMap;
import java.util.Map;

/** Tags of headers, as {@code rpmtag.h} of rpm numbers them. */
final class RpmTags {

  static final int HEADER_IMMUTABLE = 63;
  static final int NAME = 1000;
  static final int VERSION = 1001;
  static final int RELEASE = 1002;
  static final int EPOCH = 1003;
  static final int SUMMARY = 1004;
  static final int DESCRIPTION = 1005;
  static final int BUILD_TIME = 1006;
  static final int BUILD_HOST = 1007;
  static final int SIZE = 1009;
  static final int DISTRIBUTION = 1010;
  static final int VENDOR = 1011;
  static final int LICENSE = 1014;
  static final int PACKAGER = 1015;
  static final int GROUP = 1016;
  static final int URL = 1020;
  static final int OS = 1021;
  static final int ARCH = 1022;
  static final int SOURCE_RPM = 1044;
  static final int PROVIDE_NAME = 1047;
  static final int REQUIRE_FLAGS = 1048;
  static final int REQUIRE_NAME = 1049;
  static final int REQUIRE_VERSION = 1050;
  static final int NO_SOURCE = 1051;
  static final int NO_PATCH = 1052;
  static final int CONFLICT_FLAGS = 1053;
  static final int CONFLICT_NAME = 1054;
  static final int CONFLICT_VERSION = 1055;
  static final int RPM_VERSION = 1064;
  static final int OBSOLETE_NAME = 1090;
  static final int PROVIDE_FLAGS = 1112;
  static final int PROVIDE_VERSION = 1113;
  static final int OBSOLETE_FLAGS = 1114;
  static final int OBSOLETE_VERSION = 1115;
  static final int PAYLOAD_FORMAT = 1124;
  static final int PAYLOAD_COMPRESSOR = 1125;
  static final int LONG_SIZE = 5009;
  static final int VCS = 5034;
  static final int RECOMMEND_NAME = 5046;
  static final int SUGGEST_NAME = 5049;
  static final int SUPPLEMENT_NAME = 5052;
  static final int ENHANCE_NAME = 5055;
  static final int MODULARITY_LABEL = 5096;
  static final int RPM_FORMAT = 5114;

  /** Of the signature header: the length of main header and payload. */
  static final int SIGNED_SIZE = 1000;

  static final int SIGNED_LONG_SIZE = 270;
  static final int SIGNED_SHA256 = 273;

  private RpmTags() {}

  /** Scripts by name, in rpm's order; each is there by its text or by its interpreter alone. */
  static Map<String, int[]> scripts() {
    Map<String, int[]> scripts = new LinkedHashMap<>();
    scripts.put("pretrans", new int[] {1151, 1153});
    scripts.put("prein", new int[] {1023, 1085});
    scripts.put("postin", new int[] {1024, 1086});
    scripts.put("preun", new int[] {1025, 1087});
    scripts.put("postun", new int[] {1026, 1088});
    scripts.put("posttrans", new int[] {1152, 1154});
    scripts.put("preuntrans", new int[] {5104, 5106});
    scripts.put("postuntrans", new int[] {5105, 5107});
    scripts.put("verify", new int[] {1079, 1091});
    scripts.put("triggers", new int[] {1065, 1066});
    scripts.put("filetriggers", new int[] {5066, 5069});
    scripts.put("transfiletriggers", new int[] {5076, 5079});
    return scripts;
  }

  /** Kinds of signatures by the tags of the signature header; RSA and DSA sign the header alone. */
  static Map<String, Integer> signatures() {
    Map<String, Integer> kinds = new LinkedHashMap<>();
    kinds.put("dsa-header", 267);
    kinds.put("rsa-header", 268);
    kinds.put("pgp", 1002);
    kinds.put("gpg", 1005);
    kinds.put("openpgp", 278);
    kinds.put("file-ima", 274);
    kinds.put("file-verity", 276);
    return kinds;
  }

  /** Kinds of digests by the tags of the signature header. */
  static Map<String, Integer> digests() {
    Map<String, Integer> kinds = new LinkedHashMap<>();
    kinds.put("sha1-header", 269);
    kinds.put("sha256-header", SIGNED_SHA256);
    kinds.put("sha3-256-header", 279);
    kinds.put("md5", 1004);
    return kinds;
  }
}
