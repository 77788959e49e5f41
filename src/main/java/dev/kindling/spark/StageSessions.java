package dev.kindling.spark;

import dev.kindling.forward.StageSession;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The sessions of this JVM: one per stage, shared by its tasks, so that weights are computed once
 * per executor. A session that no task uses is closed as soon as another stage is asked for.
 */
final class StageSessions {
  private static final Map<Key, Shared> OPEN = new HashMap<>();

  private StageSessions() {}

  /**
   * Returns the session of a stage, created if this JVM has none. Every lease must be closed.
   *
   * @param key which stage of which run
   * @param create opens the session
   */
  static Lease lease(Key key, Supplier<StageSession> create) {
    Shared shared;
    synchronized (OPEN) {
      OPEN.entrySet().removeIf(open -> !open.getKey().equals(key) && open.getValue().closeIfIdle());
      shared = OPEN.computeIfAbsent(key, unused -> new Shared());
      shared.leases++;
    }
    try {
      // Outside the lock of the map: weights may take long, and another stage's tasks need not wait
      // for them.
      return new Lease(shared, shared.session(create));
    } catch (RuntimeException | Error e) {
      // It stays open to those who wait for it; the next lease of another stage removes it.
      synchronized (OPEN) {
        shared.leases--;
      }
      throw e;
    }
  }

  /** Closes all sessions that no task uses. */
  static void closeIdle() {
    synchronized (OPEN) {
      OPEN.values().removeIf(Shared::closeIfIdle);
    }
  }

  /**
   * A stage of a run.
   *
   * @param run unique per run
   * @param stage index of the stage
   */
  record Key(String run, int stage) {}

  /** The right to use a session until it is closed. */
  static final class Lease implements AutoCloseable {
    private final Shared shared;
    private final StageSession session;

    private Lease(Shared shared, StageSession session) {
      this.shared = shared;
      this.session = session;
    }

    StageSession session() {
      return session;
    }

    @Override
    public void close() {
      synchronized (OPEN) {
        shared.leases--;
      }
    }
  }

  /**
   * A session and how many use it; both are guarded by different locks, since creating takes long.
   */
  private static final class Shared {
    private int leases;
    private StageSession session;

    private synchronized StageSession session(Supplier<StageSession> create) {
      if (session == null) {
        session = create.get();
      }
      return session;
    }

    /** Called under the lock of the map, so nobody can take a lease meanwhile. */
    private boolean closeIfIdle() {
      if (leases > 0) {
        return false;
      }
      if (session != null) {
        session.close();
      }
      return true;
    }
  }
}
