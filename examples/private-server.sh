# Sourced by the examples' run.sh: a server to play on. Where PGHOST names one, that is it. Otherwise a PostgreSQL of
# this machine is started in a temporary folder, on a Unix socket there, and is gone with the script.

if [ -z "${PGHOST:-}" ]; then
    bin=$(for folder in ${LIMOSA_PG_BIN:-} $(printf %s "$PATH" | tr : ' ') /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        [ -x "$folder/initdb" ] && echo "$folder"
    done | tail -n 1)
    if [ -z "$bin" ]; then
        echo "there is no PostgreSQL server here: install one, or name a running one with PGHOST, PGPORT, PGUSER" >&2
        exit 2
    fi
    server=$(mktemp -d)
    # PostgreSQL refuses to run as root.
    as_server() {
        if [ "$(id -u)" = 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi
    }
    if [ "$(id -u)" = 0 ]; then chown nobody "$server"; fi
    trap 'as_server "$bin/pg_ctl" -D "$server/data" -m immediate stop >/dev/null; rm -rf "$server"' EXIT
    as_server "$bin/initdb" -D "$server/data" -U postgres -A trust -E UTF8 >/dev/null
    as_server "$bin/pg_ctl" -D "$server/data" -l "$server/log" -w start \
        -o "-c listen_addresses='' -c unix_socket_directories='$server' -c fsync=off" >/dev/null
    export PGHOST="$server" PGUSER=postgres
    export LIMOSA_PG_BIN="$bin"
fi

# `holds WHAT DATABASE SQL`: the query gives t.
holds() {
    answer=$(psql -XAtq -d "$2" -c "$3")
    if [ "$answer" != t ]; then
        echo "✗ $1" >&2
        echo "  $3 gives: $answer" >&2
        exit 1
    fi
    echo "✓ $1"
}

# `fails CODE COMMAND…`: the command ends with this exit code.
fails() {
    expected=$1
    shift
    code=0
    "$@" || code=$?
    if [ "$code" != "$expected" ]; then
        echo "✗ $* ended with $code, and not with $expected" >&2
        exit 1
    fi
}

# A database of this name, empty.
database() {
    psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1" 2>/dev/null
}
