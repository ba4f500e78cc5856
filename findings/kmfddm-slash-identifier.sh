#!/usr/bin/env bash
# Apple's schema takes any text as the Identifier of a declaration. KMFDDM v0.8.3 with filekv storage makes file names of
# identifiers: one with a slash is answered 500, "bad key", and nothing of it is kept. The same declaration with a
# dot instead is stored.
#
# Seen with KMFDDM v0.8.3 (go install), Linux x64.
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
# Nothing listens where it would queue commands: no device is in any set here.
"$work/bin/kmfddm" -listen "127.0.0.1:$port" -api key -enqueue http://127.0.0.1:9/ -enqueue-key key \
  -storage filekv -storage-dsn "$work/db" >"$work/kmfddm.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fs "http://127.0.0.1:$port/version" >/dev/null && break; sleep 0.1; done

API=http://127.0.0.1:$port/v1 python3 - <<'PY'
import base64, json, os, sys, urllib.error, urllib.parse, urllib.request

api = os.environ["API"]
key = "Basic " + base64.b64encode(b"kmfddm:key").decode()

def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(api + path, data=data, method=method, headers={"Authorization": key})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode().strip()

def put(identifier):
    payload = {"StandardConfigurations": []}
    return call("PUT", "/declarations", {"Type": "com.apple.activation.simple", "Identifier": identifier, "Payload": payload})

seen = [
    ("PUT example/slash", put("example/slash")),
    ("GET it", call("GET", "/declarations/" + urllib.parse.quote("example/slash", safe=""))[:1]),
    ("list", call("GET", "/declarations")),
    ("PUT example.dot", put("example.dot")),
    ("list", call("GET", "/declarations")),
]
for did, answer in seen:
    print(f"{did:18} {answer}")
expected = [(500, '{"error":"txn commit: bad key"}'), (404,), (200, "null"), (204, ""), (200, '["example.dot"]')]
if [answer for _, answer in seen] != expected:
    sys.exit("KMFDDM behaves differently now.")
PY
