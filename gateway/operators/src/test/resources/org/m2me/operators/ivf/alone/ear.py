#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The M2ME authors
"""Issues an EAR as a verifier would, with openssl for the signature and nothing of this project.

ear.py jwt|cwt KEY.pem DEVICE_HEX [status=2] [issued=NOW] [expires=NOW+86400|none] [policy=ID] [old]
The token goes to standard output. `old` uses the claim names of the drafts before -03.
"""
import base64
import json
import subprocess
import sys
import time

form, key, device = sys.argv[1:4]
options = dict(word.split("=", 1) if "=" in word else (word, "yes") for word in sys.argv[4:])
now = int(time.time())
issued = int(options.get("issued", now))
expires = options.get("expires", str(issued + 86400))
status = int(options.get("status", 2))
policies = [options["policy"]] if "policy" in options else []
ueid = bytes.fromhex(device)
PROFILE = "tag:ietf.org,2026:rats/ear#03"


def sign(message):
    der = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", key], input=message, stdout=subprocess.PIPE, check=True
    ).stdout
    r_length = der[3]
    r, s = der[4 : 4 + r_length], der[6 + r_length :]
    return b"".join(int.from_bytes(half, "big").to_bytes(32, "big") for half in (r, s))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def jwt():
    dot = "old" in options
    names = {0: "none", 2: "affirming", 32: "warning", 96: "contraindicated"}
    appraisal = {"ear.status" if dot else "ear_status": names[status]}
    if policies:
        name = "ear.appraisal-policy-id" if dot else "ear_appraisal_policy_ids"
        appraisal[name] = policies[0] if dot else policies
    claims = {
        "eat_profile": "tag:github.com,2023:veraison/ear" if dot else PROFILE,
        "iat": issued,
        "ueid": b64(ueid).decode(),
        "ear.verifier-id" if dot else "ear_verifier_id": {"developer": "example", "build": "1"},
        "submods": {"device": appraisal},
    }
    if expires != "none":
        claims["exp"] = int(expires)
    head = b64(json.dumps({"alg": "ES256", "typ": "JWT"}).encode())
    signing = head + b"." + b64(json.dumps(claims).encode())
    return signing + b"." + b64(sign(signing))


def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    size = 1 if value < 256 else 2 if value < 65536 else 4
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26}[size]]) + value.to_bytes(size, "big")


def cbor(value):
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    pairs = sorted((cbor(name), cbor(content)) for name, content in value.items())
    return head(5, len(pairs)) + b"".join(name + content for name, content in pairs)


def cwt():
    appraisal = {1000: status}
    if policies:
        appraisal[1003] = policies
    claims = {
        6: issued,
        256: ueid,
        265: PROFILE,
        266: {"device": appraisal},
        1004: {0: "example", 1: "1"},
    }
    if expires != "none":
        claims[4] = int(expires)
    protected = cbor({1: -7})
    signature = sign(cbor(["Signature1", protected, b"", cbor(claims)]))
    return bytes([0xD2]) + cbor([protected, {4: b"key-1"}, cbor(claims), signature])


sys.stdout.buffer.write(jwt() if form == "jwt" else cwt())
