#!/usr/bin/env bash
# Holds hangtime under Spark's RDD.pipe to hangtime on one machine, by the recipe of docs/spark.md.
# Ends with 0 where all agrees, 1 where it does not, 77 where it was skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly PYSPARK="pyspark==4.3.0"
readonly VENV="${SPARK_VENV:-${CARGO_TARGET_DIR:-target}/spark}"

skip() {
    echo "skipped: $*" >&2
    exit 77
}

# The major version of the Java at hand; nothing where there is none.
java_version() {
    "${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p'
}

if [ "$(java_version || true)" = "" ]; then
    [ "$(id -u)" = 0 ] || skip "no Java 17 is here, and only root may install one"
    command -v apt-get > /dev/null || skip "no Java 17 is here, and no apt-get to install one"
    echo "installing a Java runtime" >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; } > /dev/null \
        || skip "no Java 17 is here, and it could not be installed"
fi
[ "$(java_version)" -ge 17 ] || skip "Spark needs Java 17 or newer, and this is $(java_version)"

python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "there is no Python 3.10 or newer"
if ! "$VENV/bin/python" -c 'import pyspark' 2> /dev/null; then
    echo "installing $PYSPARK into $VENV" >&2
    python3 -m venv "$VENV" || skip "Python cannot make a virtual environment"
    "$VENV/bin/pip" install --quiet "$PYSPARK" || skip "$PYSPARK could not be installed"
fi

if [ "${HANGTIME:-}" = "" ]; then
    cargo build --quiet
    HANGTIME="$(realpath "${CARGO_TARGET_DIR:-target}/debug/hangtime")"
fi
export HANGTIME PYSPARK_PYTHON="$VENV/bin/python" PYSPARK_DRIVER_PYTHON="$VENV/bin/python"
export SPARK_LOCAL_IP=127.0.0.1 # the name of the machine may lead nowhere
exec "$VENV/bin/python" tests/spark/pipe.py
