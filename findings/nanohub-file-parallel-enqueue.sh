#!/usr/bin/env bash
# NanoHUB v0.2.0 with its default storage, `file`, answers 200 to each of 30 enqueue requests that are made at once for one
# device, and the device is handed out only some of the commands. One after the other, all 30 are handed out.
#
# Seen with NanoHUB v0.2.0 (go install), Linux x64.
# Needs: bash, curl, go, openssl, python3. Works in a temporary folder, on loopback only.
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
GOBIN=$work/bin go install github.com/micromdm/nanohub/cmd/nanohub@v0.2.0

# A certificate that a TLS proxy would have checked; NanoHUB takes it from a header.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Finding CA' \
  -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=device' \
  -keyout "$work/device.key" -out "$work/device.csr" 2>/dev/null
openssl x509 -req -in "$work/device.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
  -extfile <(echo 'extendedKeyUsage=clientAuth') -out "$work/device.pem" 2>/dev/null

port=$(free_port)
"$work/bin/nanohub" -listen "127.0.0.1:$port" -api-key key -ca "$work/ca.pem" -cert-header X-Cert \
  -storage file -storage-dsn "$work/db" >"$work/nanohub.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fs "http://127.0.0.1:$port/version" >/dev/null && break; sleep 0.1; done

SERVER=http://127.0.0.1:$port CERT=$work/device.pem python3 - <<'PY'
import base64, os, plistlib, sys, threading, urllib.error, urllib.parse, urllib.request

server, cert = os.environ["SERVER"], urllib.parse.quote(open(os.environ["CERT"]).read(), safe="")
udid = "0000FINDING0000"
key = "Basic " + base64.b64encode(b"nanohub:key").decode()
many, rounds = 30, 5

def put(url, body, headers):
    request = urllib.request.Request(url, data=body, method="PUT", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()

def device(message, kind="application/x-apple-aspen-mdm"):
    body = plistlib.dumps({"UDID": udid, **message})
    return put(server + "/mdm", body, {"Content-Type": kind, "X-Cert": cert})

def enrol():
    checkin = "application/x-apple-aspen-mdm-checkin"
    topic = "com.apple.mgmt.External.finding"
    assert device({"MessageType": "Authenticate", "Topic": topic}, checkin)[0] == 200
    token = {"MessageType": "TokenUpdate", "Topic": topic, "Token": b"t", "PushMagic": "m", "UnlockToken": b"u"}
    assert device(token, checkin)[0] == 200

def enqueue(uuid):
    command = plistlib.dumps({"CommandUUID": uuid, "Command": {"RequestType": "ProfileList"}})
    return put(f"{server}/api/v1/nanomdm/enqueue/{udid}?nopush=1", command, {"Authorization": key})[0]

def handed_out():
    """Acknowledges each command until nothing comes any more."""
    found, answer = set(), device({"Status": "Idle"})
    while answer[0] == 200 and answer[1]:
        uuid = plistlib.loads(answer[1])["CommandUUID"]
        if uuid in found:
            sys.exit(f"{uuid} was handed out after it was acknowledged.")
        found.add(uuid)
        answer = device({"Status": "Acknowledged", "CommandUUID": uuid})
    return len(found)

def one_by_one(uuids):
    return [enqueue(uuid) for uuid in uuids]

def at_once(uuids):
    statuses, start = [], threading.Barrier(len(uuids))
    def run(uuid):
        start.wait()
        statuses.append(enqueue(uuid))
    threads = [threading.Thread(target=run, args=(uuid,)) for uuid in uuids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses

def attempt(name, how):
    enrol()
    answered = how([f"{name.replace(' ', '-')}-{number}" for number in range(many)]).count(200)
    found = handed_out()
    print(f"{name:12} {answered} of {many} answered with 200, {found} handed out")
    return answered, found

alone = attempt("one by one", one_by_one)
together = [attempt(f"at once {number + 1}", at_once) for number in range(rounds)]
# How many are lost is a matter of chance; that none is, five times, would be another behaviour.
if alone != (many, many) or not any(answered == many and found < many for answered, found in together):
    sys.exit("NanoHUB behaves differently now.")
PY
