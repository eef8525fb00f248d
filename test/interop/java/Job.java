import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The job as a flat file and the report as lines, for clients in Java (see ../README.md). A step that
 * throws is reported as failed with its reason, and the client goes on.
 */
final class Job {
  /** One step of the job; what it throws is the reason of its failure. */
  interface Step {
    void run() throws Exception;
  }

  private final Map<String, String> given = new LinkedHashMap<>();
  private final Map<String, String> answers = new HashMap<>();
  private final StringBuilder lines = new StringBuilder();

  private Job() {}

  static Job read() throws IOException {
    Job job = new Job();
    for (String line : Files.readAllLines(Path.of(System.getenv("JOB_PROPERTIES")), StandardCharsets.UTF_8)) {
      int equals = line.indexOf('=');
      if (equals > 0) job.given.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return job;
  }

  String get(String key) {
    String value = given.get(key);
    if (value == null) throw new IllegalArgumentException("the job has no " + key);
    return value;
  }

  /** All keys with that beginning, in the order of the job. */
  List<String> keys(String beginning) {
    return given.keySet().stream().filter((key) -> key.startsWith(beginning)).toList();
  }

  byte[] bytes(String key) throws IOException {
    return Files.readAllBytes(Path.of(get(key)));
  }

  /** Runs one step; its answers count only when it comes to its end. */
  void step(String key, Step step) {
    try {
      step.run();
    } catch (Exception error) {
      write(key + ".failed", reason(error));
    }
  }

  void report(String key, Object value) {
    keep(key, String.valueOf(value));
    write(key, String.valueOf(value));
  }

  /** A list; the line without an element says that the step was done. */
  void reportList(String key, List<?> values) {
    if (values.isEmpty()) report(key, "");
    for (int at = 0; at < values.size(); at++) report(key + "." + at, values.get(at));
  }

  /** For a later step, without reporting it. */
  void keep(String key, String value) {
    answers.put(key, value);
  }

  /** What an earlier step was answered. */
  String answer(String key) {
    String value = answers.get(key);
    if (value == null) throw new IllegalStateException("needs " + key + ", which is missing: that step failed");
    return value;
  }

  /** Writes the report, at the very end: a client that dies before has done nothing. */
  void finish() {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.print(lines);
    out.flush();
  }

  static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private static String reason(Exception error) {
    StringBuilder text = new StringBuilder(error.toString());
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      text.append(" < ").append(cause);
    }
    return text.toString();
  }

  private void write(String key, String value) {
    lines.append("report.").append(key).append('=').append(value.replaceAll("[\\r\\n]+", " ")).append('\n');
  }
}
