package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An S3 endpoint on the loopback interface that keeps its objects in memory. Not in a folder: there
 * a part of a key is a folder, which S3 does not have, and is answered for as if it were an object.
 */
final class S3 implements Store {
  private static final Path JARS = Path.of("target/cluster").toAbsolutePath();
  private static final String BUCKET = "kindling";

  private final Program server;
  private final int port;

  private S3(Program server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param work an empty folder for all that it keeps
   */
  static S3 start(Path work) {
    int port = freePort();
    Path properties = work.resolve("s3proxy.properties");
    try {
      Files.writeString(
          properties,
          """
          s3proxy.endpoint=http://127.0.0.1:%d
          s3proxy.authorization=none
          jclouds.provider=transient
          jclouds.identity=nobody
          jclouds.credential=none
          """
              .formatted(port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Program server =
        Program.java(
            work,
            "s3proxy",
            Map.of(),
            List.of(
                "-Xmx3g",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                JARS.resolve("s3proxy") + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString()));
    Program.await(() -> listens(port) || !server.isRunning());
    if (!server.isRunning()) {
      throw new AssertionError("ended before it listened:\n" + server.out());
    }
    makeBucket(port);
    return new S3(server, port);
  }

  private static void makeBucket(int port) {
    URI bucket = URI.create("http://127.0.0.1:%d/%s".formatted(port, BUCKET));
    HttpRequest request = HttpRequest.newBuilder(bucket).PUT(BodyPublishers.noBody()).build();
    try {
      int code = HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
      if (code != 200) {
        throw new AssertionError("no bucket: status " + code);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String uri() {
    return "s3a://" + BUCKET;
  }

  @Override
  public Map<String, String> hadoop() {
    return Map.of(
        "fs.s3a.endpoint", "http://127.0.0.1:" + port,
        "fs.s3a.endpoint.region", "us-east-1",
        "fs.s3a.path.style.access", "true",
        "fs.s3a.connection.ssl.enabled", "false",
        "fs.s3a.aws.credentials.provider",
            "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider",
        // Parts of the least size, so that a shard of some MiB has several.
        "fs.s3a.multipart.size", "5M",
        "fs.s3a.multipart.threshold", "5M");
  }

  @Override
  public Map<String, String> spark() {
    Map<String, String> settings = new HashMap<>(Store.super.spark());
    settings.put("spark.driver.extraClassPath", JARS.resolve("s3a") + "/*");
    settings.put("spark.executor.extraClassPath", JARS.resolve("s3a") + "/*");
    return settings;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
