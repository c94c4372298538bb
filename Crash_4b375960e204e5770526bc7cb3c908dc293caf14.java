import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_4b375960e204e5770526bc7cb3c908dc293caf14 {
  static final String base64Bytes =
      String.join(
          "",
          "My5ORVRG09PT09NBHEAubij/Ov8Gj3Bzc3Nzc3M7IHdoYXQgaXQgY291bGQgdGVsbCBpcyB3cm9uZzogc3Nzc3Nzc3Nzc3Nzc3NzinPzc3Nzc3MubnVzcGVjCpeWnZsuZw==");

  public static void main(String[] args) throws Throwable {
    Crash_4b375960e204e5770526bc7cb3c908dc293caf14.class
        .getClassLoader()
        .setDefaultAssertionStatus(true);
    try {
      Method fuzzerInitialize = io.packhouse.fuzz.Fuzzer.class.getMethod("fuzzerInitialize");
      fuzzerInitialize.invoke(null);
    } catch (NoSuchMethodException ignored) {
      try {
        Method fuzzerInitialize =
            io.packhouse.fuzz.Fuzzer.class.getMethod("fuzzerInitialize", String[].class);
        fuzzerInitialize.invoke(null, (Object) args);
      } catch (NoSuchMethodException ignored1) {
      } catch (IllegalAccessException | InvocationTargetException e) {
        e.printStackTrace();
        System.exit(1);
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      e.printStackTrace();
      System.exit(1);
    }
    byte[] input = java.util.Base64.getDecoder().decode(base64Bytes);
    io.packhouse.fuzz.Fuzzer.fuzzerTestOneInput(input);
  }
}
