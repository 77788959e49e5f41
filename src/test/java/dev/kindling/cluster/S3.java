package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An S3 endpoint on the loopback interface that keeps its objects in a folder. */
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
    StandaloneSpark.folder(work, "objects/" + BUCKET);
    Path properties = work.resolve("s3proxy.properties");
    try {
      Files.writeString(
          properties,
          """
          s3proxy.endpoint=http://127.0.0.1:%d
          s3proxy.authorization=none
          jclouds.provider=filesystem-nio2
          jclouds.identity=nobody
          jclouds.credential=none
          jclouds.filesystem.basedir=%s
          """
              .formatted(port, work.resolve("objects")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Program server =
        Program.java(
            work,
            "s3proxy",
            Map.of(),
            List.of(
                "-Xmx600m",
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
    return new S3(server, port);
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
