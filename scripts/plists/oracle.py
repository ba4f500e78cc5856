"""Reads plists with Python's plistlib, for comparison with Oneway's own reader (scripts/test-plists.ts).

Input, repeated: a four-byte length (big endian), one byte 'b' or 'x' for the format, and the plist. Output for
each: a four-byte length and JSON, {"refused": reason} or {"value": ...}.

A value includes its type, so that 1, 1.0 and true differ: ["integer", "1"], ["real", its eight bytes in hex, or
"not finite"], ["date", microseconds since 1970], ["data", base64], ["dict", [[key, value]]].
"""
import base64
import datetime
import json
import math
import plistlib
import struct
import sys

# Shared objects can grow without limit when they are written out; our reader accepts nothing larger than this.
MAX_VALUES = 20_000
MAX_TEXT = 2 * 1024 * 1024
EPOCH = datetime.datetime(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)


class TooLarge(Exception):
    pass


def typed(value, budget):
    budget[0] -= 1
    budget[1] -= len(value) if isinstance(value, (str, bytes)) else 0
    if min(budget) < 0:
        raise TooLarge()
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["boolean", value]
    if isinstance(value, int):
        return ["integer", str(value)]
    if isinstance(value, float):
        return ["real", struct.pack(">d", value).hex() if math.isfinite(value) else "not finite"]
    if isinstance(value, str):
        return ["string", value]
    if isinstance(value, (bytes, bytearray)):
        return ["data", base64.b64encode(value).decode()]
    if isinstance(value, datetime.datetime):
        return ["date", (value - EPOCH) // MICROSECOND]
    if isinstance(value, list):
        return ["array", [typed(item, budget) for item in value]]
    if isinstance(value, dict):
        # plistlib accepts keys that are no strings, our reader does not: repr() makes them differ.
        return ["dict", [[key if isinstance(key, str) else repr(key), typed(item, budget)] for key, item in value.items()]]
    return ["other", type(value).__name__]


def answer(kind, body):
    try:
        value = plistlib.loads(body, fmt=plistlib.FMT_BINARY if kind == b"b" else plistlib.FMT_XML)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"[:200]}
    try:
        return {"value": typed(value, [MAX_VALUES, MAX_TEXT])}
    except (TooLarge, RecursionError):
        return {"value": ["other", "too large to write out"]}


def main():
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while True:
        head = source.read(5)
        if len(head) < 5:
            return
        body = source.read(int.from_bytes(head[:4], "big"))
        line = json.dumps(answer(head[4:], body)).encode()
        sink.write(len(line).to_bytes(4, "big") + line)
        sink.flush()


main()
