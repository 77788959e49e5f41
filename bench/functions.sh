# What several benches share; to be sourced.

# Writes the most memory in MiB that an executor of this session takes into FILE, until the caller ends.
watch_executors() {
  local most=0 now process
  while sleep 0.5 && kill -0 $$ 2>/dev/null; do
    for process in $(pgrep -s 0 -f CoarseGrainedExecutorBackend); do
      now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$process/status" 2>/dev/null || true)
      if ((${now:-0} > most)); then
        most=$now
        echo $((most / 1024)) >"$1"
      fi
    done
  done
}

# Spark's options that write down what it did into a folder, and the seconds from the first job's start to the last one's end.
event_log() {
  printf '%s\n' --conf spark.eventLog.enabled=true --conf spark.eventLog.compress=false \
    --conf spark.eventLog.rolling.enabled=false --conf "spark.eventLog.dir=file://$1"
}
job_seconds() {
  cat "$1"/* | awk '
    match($0, /"Submission Time":[0-9]+/) && /SparkListenerJobStart/ { if (!start) start = substr($0, RSTART + 18, RLENGTH - 18) }
    match($0, /"Completion Time":[0-9]+/) && /SparkListenerJobEnd/ { end = substr($0, RSTART + 18, RLENGTH - 18) }
    END { printf "%.2f", (end - start) / 1000 }'
}

now() { date +%s.%N; }

# Prints GB/s of BYTES in SECONDS.
speed() { awk -v bytes="$1" -v seconds="$2" 'BEGIN { printf "%.2f", bytes / seconds / 1e9 }'; }
