# Builds what is not built yet, and runs a command of this module: NAME CLASS ARGUMENTS. To be read by a script beside it.
set -eu
operators=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$operators/../.." && pwd)
marker=$operators/target/dist/built
name=$1
class=$2
shift 2

changed() {
    [ ! -e "$marker" ] || [ -n "$(find "$operators/src/main" "$root/gateway/protocol/src/main" "$operators/pom.xml" \
        -newer "$marker" -print -quit)" ]
}

if changed; then
    echo "$name: building, the first time about a minute" >&2
    built=$(cd "$root" && ./mvnw -B -q -ntp -Dstyle.color=never -Pquick -pl gateway/operators -am package 2>&1) || {
        printf '%s\n' "$built" >&2
        exit 3
    }
    touch "$marker"
fi
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# Without UsePerfData a role that has nothing to do is not woken twenty times a second for counters; jcmd works all the same.
exec "$java" -XX:+UseSerialGC -XX:-UsePerfData --enable-native-access=ALL-UNNAMED -Dslf4j.internal.verbosity=ERROR \
    -cp "$operators/target/classes:$operators/target/dist/lib/*" "$class" "$@"
