package dev.kindling.spark;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sessions of one kind of this JVM: one per stage, or start, shared by its tasks, so that weights
 * are computed once per executor. A session that no task uses is closed as soon as another one is
 * asked for.
 *
 * @param <S> the kind
 */
final class SharedSessions<S> {
  private final Map<Key, Shared<S>> all = new HashMap<>();
  private final Consumer<S> close;

  /** Begins without sessions; {@code close} ends one. */
  SharedSessions(Consumer<S> close) {
    this.close = close;
  }

  /**
   * Returns the session of a stage, created if this JVM has none. Every lease must be closed.
   *
   * @param key which session of which run
   * @param create opens the session
   */
  Lease<S> lease(Key key, Supplier<S> create) {
    Shared<S> shared;
    synchronized (all) {
      all.entrySet()
          .removeIf(open -> !open.getKey().equals(key) && open.getValue().closeIfIdle(close));
      shared = all.computeIfAbsent(key, unused -> new Shared<>());
      shared.leases++;
    }
    try {
      // Outside the lock of the map: weights may take long, and another stage's tasks need not wait
      // for them.
      return new Lease<>(this, shared, shared.session(create));
    } catch (RuntimeException | Error e) {
      // It stays open to those who wait for it; the next lease of another stage removes it.
      synchronized (all) {
        shared.leases--;
      }
      throw e;
    }
  }

  /** Closes all sessions that no task uses. */
  void closeIdle() {
    synchronized (all) {
      all.values().removeIf(it -> it.closeIfIdle(close));
    }
  }

  /**
   * A stage of a run, or a start of a comparison.
   *
   * @param run unique per run
   * @param index which one
   */
  record Key(String run, int index) {}

  /** The right to use a session until it is closed. */
  static final class Lease<S> implements AutoCloseable {
    private final SharedSessions<S> owner;
    private final Shared<S> shared;
    private final S session;

    private Lease(SharedSessions<S> owner, Shared<S> shared, S session) {
      this.owner = owner;
      this.shared = shared;
      this.session = session;
    }

    S session() {
      return session;
    }

    @Override
    public void close() {
      synchronized (owner.all) {
        shared.leases--;
      }
    }
  }

  /**
   * A session and how many use it; both are guarded by different locks, since creating takes long.
   */
  private static final class Shared<S> {
    private int leases;
    private S session;

    private synchronized S session(Supplier<S> create) {
      if (session == null) {
        session = create.get();
      }
      return session;
    }

    /** Called under the lock of the map, so nobody can take a lease meanwhile. */
    private boolean closeIfIdle(Consumer<S> close) {
      if (leases > 0) {
        return false;
      }
      if (session != null) {
        close.accept(session);
      }
      return true;
    }
  }
}
