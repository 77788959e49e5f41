package dev.kindling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An HDFS on the loopback interface: a NameNode and DataNodes, each a process of its own. */
final class Hdfs implements Store {
  private static final String SERVER = "org.apache.hadoop.hdfs.server.";
  private static final String CLASS_PATH =
      Path.of("target/cluster/hdfs").toAbsolutePath()
          + "/*:"
          + Path.of("target/spark-home/jars").toAbsolutePath()
          + "/*";

  private final Path work;
  private final int replication;
  private final Program nameNode;
  private final String uri;
  private final List<Program> dataNodes = new ArrayList<>();

  private Hdfs(Path work, int replication) {
    this.work = work;
    this.replication = replication;
    Path conf = StandaloneSpark.folder(work, "conf");
    configure(conf, "hdfs://127.0.0.1:0", 0, replication);
    Program.java(work, "format", Map.of(), command(conf, "namenode.NameNode", "-format", "-force"))
        .awaitExit(Duration.ofMinutes(1));
    this.nameNode = Program.java(work, "namenode", Map.of(), command(conf, "namenode.NameNode"));
    this.uri =
        "hdfs://127.0.0.1:"
            + nameNode.awaitLine("NameNode RPC up at: \\S*127\\.0\\.0\\.1:(\\d+)").group(1);
  }

  /**
   * Starts one.
   *
   * @param work an empty folder for all that it keeps
   * @param replication on how many DataNodes a block stands
   */
  static Hdfs start(Path work, int dataNodes, int replication) {
    Hdfs hdfs = new Hdfs(work, replication);
    for (int i = 0; i < dataNodes; i++) {
      hdfs.dataNodes.add(hdfs.dataNode(i));
    }
    return hdfs;
  }

  private Program dataNode(int number) {
    Path conf = StandaloneSpark.folder(work, "conf-" + number);
    configure(conf, uri, number, replication);
    Program node =
        Program.java(work, "datanode-" + number, Map.of(), command(conf, "datanode.DataNode"));
    node.awaitLine("successfully registered with NN");
    return node;
  }

  /** Kills a DataNode. */
  void killDataNode(int number) {
    dataNodes.get(number).kill();
  }

  /** Starts a DataNode again that was killed. */
  void restartDataNode(int number) {
    dataNodes.set(number, dataNode(number));
  }

  /** Kills the NameNode. */
  void killNameNode() {
    nameNode.kill();
  }

  @Override
  public String uri() {
    return uri;
  }

  /** With three DataNodes, one that dies while a block is written is done without. */
  @Override
  public Map<String, String> hadoop() {
    return Map.of("dfs.replication", "2");
  }

  private void configure(Path conf, String defaultFs, int number, int replication) {
    Map<String, String> settings =
        Map.ofEntries(
            Map.entry("fs.defaultFS", defaultFs),
            Map.entry("hadoop.tmp.dir", work.resolve("tmp").toString()),
            Map.entry("dfs.namenode.name.dir", "file://" + work.resolve("name")),
            Map.entry("dfs.namenode.http-address", "127.0.0.1:0"),
            Map.entry("dfs.datanode.data.dir", "file://" + work.resolve("data-" + number)),
            Map.entry("dfs.datanode.address", "127.0.0.1:0"),
            Map.entry("dfs.datanode.http.address", "127.0.0.1:0"),
            Map.entry("dfs.datanode.ipc.address", "127.0.0.1:0"),
            Map.entry("dfs.replication", Integer.toString(replication)),
            Map.entry("dfs.permissions.enabled", "true"),
            // A DataNode that was killed is taken for dead within seconds, not ten minutes.
            Map.entry("dfs.heartbeat.interval", "1"),
            Map.entry("dfs.namenode.heartbeat.recheck-interval", "1000"),
            Map.entry("dfs.namenode.safemode.extension", "0"));
    StringBuilder xml = new StringBuilder("<configuration>\n");
    settings.forEach(
        (key, value) ->
            xml.append(
                "<property><name>%s</name><value>%s</value></property>\n".formatted(key, value)));
    try {
      xml.append("</configuration>\n");
      // In both, since the defaults of HDFS are read after the first of them.
      Files.writeString(conf.resolve("core-site.xml"), xml);
      Files.writeString(conf.resolve("hdfs-site.xml"), xml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Path conf, String main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "-Xmx300m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dlog4j2.configurationFile=org/apache/spark/log4j2-defaults.properties",
                "-cp",
                conf + ":" + CLASS_PATH,
                SERVER + main));
    command.addAll(List.of(arguments));
    return command;
  }

  @Override
  public void close() {
    dataNodes.forEach(Program::close);
    nameNode.close();
  }
}
