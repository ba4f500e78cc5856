#!/usr/bin/env bash
# KMFDDM keeps the status reports of a device and gives them back by `status-report?index=N`. With filekv storage it
# answers 200 to each of 30 reports of one device that arrive at once, and keeps only some of them. Reports that arrive one
# after the other are all kept, and so is one report at once from each of 30 devices.
#
# Seen with KMFDDM v0.8.3 (go install), Linux x64: 6 to 10 of 30 kept.
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
"$work/bin/kmfddm" -listen "127.0.0.1:$port" -api key -enqueue http://127.0.0.1:9/ -enqueue-key key \
  -storage filekv -storage-dsn "$work/db" >"$work/kmfddm.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fs "http://127.0.0.1:$port/version" >/dev/null && break; sleep 0.1; done

SERVER=http://127.0.0.1:$port python3 - <<'PY'
import base64, json, os, sys, urllib.error, urllib.request
from concurrent.futures import ThreadPoolExecutor

server = os.environ["SERVER"]
key = "Basic " + base64.b64encode(b"kmfddm:key").decode()
many, rounds = 30, 5

def call(method, path, headers, body=None):
    request = urllib.request.Request(server + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()

def send(device, number):
    report = {"StatusItems": {"device": {"operating-system": {"build-version": f"21A{number}"}}}, "Errors": []}
    headers = {"X-Enrollment-ID": device, "X-Enrollment-Type": "Device"}
    status, _ = call("PUT", "/status", headers, json.dumps(report).encode())
    if status != 200:
        sys.exit(f"A report was answered with {status}.")

def kept(device):
    for index in range(many + 1):
        status, _ = call("GET", f"/v1/status-report/{device}?index={index}", {"Authorization": key})
        if status != 200:
            return index
    sys.exit("More reports are kept than were sent.")

def at_once(pairs):
    with ThreadPoolExecutor(many) as threads:
        list(threads.map(lambda pair: send(*pair), pairs))

for number in range(many):
    send("FINDING-IN-TURN", number)
in_turn = kept("FINDING-IN-TURN")
at_once([(f"FINDING-{number}", number) for number in range(many)])
of_many = sum(kept(f"FINDING-{number}") for number in range(many))
of_one = []
for turn in range(rounds):
    at_once([(f"FINDING-AT-ONCE-{turn}", number) for number in range(many)])
    of_one.append(kept(f"FINDING-AT-ONCE-{turn}"))
print(f"of {many} reports kept: {in_turn} in turn, {of_many} at once from as many devices, {of_one} at once from one device")
if in_turn != many or of_many != many or min(of_one) == many:
    sys.exit("KMFDDM behaves differently now.")
PY
