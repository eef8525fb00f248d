using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>
/// The job as a flat file and the report as lines (see ../../README.md). A step that throws is reported
/// as failed with its reason, and the client goes on.
/// </summary>
public class Job {
  readonly Dictionary<string, string> given = new Dictionary<string, string>();
  readonly Dictionary<string, string> answers = new Dictionary<string, string>();
  readonly StringBuilder lines = new StringBuilder();

  public Job() {
    string path = Environment.GetEnvironmentVariable("JOB_PROPERTIES");
    foreach (string line in File.ReadAllLines(path, Encoding.UTF8)) {
      int equals = line.IndexOf('=');
      if (equals > 0) given[line.Substring(0, equals)] = line.Substring(equals + 1);
    }
  }

  public string this[string key] { get { return given[key]; } }

  public byte[] Bytes(string key) { return File.ReadAllBytes(given[key]); }

  public void Step(string key, Action step) {
    try {
      step();
    } catch (Exception error) {
      Write(key + ".failed", error.GetType().Name + ": " + error.GetBaseException().Message);
    }
  }

  public void Report(string key, string value) {
    answers[key] = value;
    Write(key, value);
  }

  public void Report(string key, bool value) { Report(key, value ? "true" : "false"); }

  /// <summary>A list; the line without an element says that the step was done.</summary>
  public void ReportList(string key, IList<string> values) {
    if (values.Count == 0) Report(key, "");
    for (int at = 0; at < values.Count; at++) Report(key + "." + at, values[at]);
  }

  /// <summary>For a later step, without reporting it.</summary>
  public void Keep(string key, string value) { answers[key] = value; }

  /// <summary>What an earlier step was answered.</summary>
  public string Answer(string key) {
    if (!answers.ContainsKey(key)) throw new Exception("needs " + key + ", which is missing: that step failed");
    return answers[key];
  }

  /// <summary>Writes the report, at the very end: a client that dies before has done nothing.</summary>
  public void Finish() {
    using (Stream stream = Console.OpenStandardOutput()) {
      byte[] bytes = new UTF8Encoding(false).GetBytes(lines.ToString());
      stream.Write(bytes, 0, bytes.Length);
    }
  }

  public static string Sha256(byte[] content) {
    using (SHA256 sha256 = SHA256.Create()) {
      return BitConverter.ToString(sha256.ComputeHash(content)).Replace("-", "").ToLowerInvariant();
    }
  }

  void Write(string key, string value) {
    lines.Append("report.").Append(key).Append('=').Append(Regex.Replace(value ?? "", "[\r\n]+", " ")).Append('\n');
  }
}
