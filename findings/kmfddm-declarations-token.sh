#!/usr/bin/env bash
# A device compares the DeclarationsToken of `tokens` with the one it has from `declaration-items`, and fetches again where
# they differ: the token changes when the declarations do. KMFDDM v0.8.3 with filekv storage hashes the declarations in the
# order of a Go map (storage/kv/ddm.go), which is not always the same. With two of them both endpoints answer with either
# of two tokens, although nothing was changed.
#
# Seen with KMFDDM v0.8.3 (go install), Linux x64. With one declaration there is one token.
# Needs: bash, curl, go, python3. Works in a temporary folder, on loopback only.
set -euo pipefail

work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

echo "installing in $work"
GOBIN=$work/bin go install github.com/jessepeterson/kmfddm/cmd/kmfddm@v0.8.3

port=$(free_port)
# Nothing listens where it would queue commands: its requests are made without a notification.
"$work/bin/kmfddm" -listen "127.0.0.1:$port" -api key -enqueue http://127.0.0.1:9/ -enqueue-key key \
  -storage filekv -storage-dsn "$work/db" >"$work/kmfddm.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fs "http://127.0.0.1:$port/version" >/dev/null && break; sleep 0.1; done

SERVER=http://127.0.0.1:$port python3 - <<'PY'
import base64, json, os, sys, urllib.error, urllib.request

server = os.environ["SERVER"]
key = "Basic " + base64.b64encode(b"kmfddm:key").decode()
device = {"X-Enrollment-ID": "0000FINDING0000", "X-Enrollment-Type": "Device"}

def call(method, path, headers, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(server + path, data=data, method=method, headers=headers), timeout=20) as answer:
        return answer.read()

def add(name, payload_type, payload):
    admin = {"Authorization": key}
    call("PUT", "/v1/declarations?nonotify=1", admin, {"Type": payload_type, "Identifier": name, "Payload": payload})
    call("PUT", f"/v1/set-declarations/example?declaration={name}&nonotify=1", admin)

def tokens():
    """The tokens that each endpoint answers with, over a hundred requests."""
    of_tokens, of_items = set(), set()
    for _ in range(100):
        of_tokens.add(json.loads(call("GET", "/tokens", device))["SyncTokens"]["DeclarationsToken"])
        of_items.add(json.loads(call("GET", "/declaration-items", device))["DeclarationsToken"])
    return of_tokens, of_items

add("example.a", "com.apple.configuration.passcode.settings", {"RequirePasscode": True})
call("PUT", "/v1/enrollment-sets/0000FINDING0000?set=example&nonotify=1", {"Authorization": key})
one = tokens()
add("example.b", "com.apple.activation.simple", {"StandardConfigurations": ["example.a"]})
two = tokens()
for declarations, (of_tokens, of_items) in ((1, one), (2, two)):
    print(f"{declarations} declaration(s): tokens answers {sorted(of_tokens)}, declaration-items answers {sorted(of_items)}")
counts = [len(found) for pair in (one, two) for found in pair]
if counts != [1, 1, 2, 2] or one[0] != one[1]:
    sys.exit("KMFDDM behaves differently now.")
PY
