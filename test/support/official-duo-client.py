"""Logs in at an emulator with Duo's own Python client, over v2 and over v1, and prints what it got, one JSON object.

Reads {"host", "port", "ikey", "skey", "ca_file"} from standard input. The client comes from the system
(Debian: python3-duo-client); exit code 77 says that it is not there. Called by emulator-duo-client.test.ts.
"""
import json
import sys

try:
    from duo_client import Auth
    from duo_client.auth_v1 import AuthV1
except ImportError as absent:
    print(absent)
    sys.exit(77)

target = json.load(sys.stdin)
settings = dict(ikey=target["ikey"], skey=target["skey"], host=target["host"], port=target["port"],
                ca_certs=target["ca_file"], timeout=20)
v2 = Auth(**settings)
v1 = AuthV1(**settings)


def v2_states(**params):
    txid = v2.auth(async_txn=True, **params)["txid"]
    states = []
    while not states or (states[-1]["waiting"] and len(states) < 6):
        states.append(v2.auth_status(txid))
    return ["%(waiting)s %(success)s %(status)s %(status_msg)s" % state for state in states]


def v1_states(**params):
    txid = v1.auth(async_txn=True, **params)
    states = []
    while not states or (not states[-1][0] and len(states) < 6):
        states.append(v1.status(txid))
    return states


def v2_logins():
    push = dict(factor="push", username="alice", device="auto")
    return {
        "denied": v2_states(**push),
        "approved": v2_states(**push),
        "call": v2_states(factor="phone", username="alice", device="DPALICE0000000000001"),
        "passcode": v2.auth("passcode", username="alice", passcode="800001"),
        "sms": v2.auth("sms", username="alice", device="auto")["status"],
        "sms_passcode": v2.auth("passcode", username="alice", passcode="7000001"),
        "bypass": v2.preauth(username="carol"),
        "deny": v2.preauth(username="erin"),
        "enroll": sorted(v2.preauth(username="dave")),
        "remembered": v2.preauth(username="root", trusted_device_token=v2.auth(
            "push", username="root", device="auto")["trusted_device_token"]),
    }


def v1_logins():
    choose = dict(username="alice", factor="auto")
    return {
        "ping": v1.ping(),
        "check": v1.check(),
        "logo": v1.logo().hex(),
        "preauth": v1.preauth("alice", ipaddr="203.0.113.7"),
        "denied": v1_states(auto="push1", **choose),
        "approved": v1_states(auto="push1", pushinfo="from=login%20portal", **choose),
        "call": v1_states(username="alice", factor="phone", phone="phone1"),
        "blocking": v1.auth("root", factor="push", phone="phone1"),
        "passcode": v1.auth("alice", factor="passcode", passcode="800002"),
        "sms": v1_states(auto="sms1", **choose),
        "sms_passcode": v1.auth(auto="7000002", **choose),
        "spent": v1.auth(auto="7000002", **choose),
        "bypass": v1.preauth("carol"),
        "deny": v1.preauth("erin"),
        "enroll": v1.preauth("dave"),
    }


print(json.dumps({"v2": v2_logins(), "v1": v1_logins()}))
