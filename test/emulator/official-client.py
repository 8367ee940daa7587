"""Drives an emulator with Duo's own Python client and prints what it got, one JSON object.

Reads {"host", "port", "ikey", "skey", "ca_file"} from standard input. The client comes from the system
(Debian: python3-duo-client); exit code 77 says that it is not there. Called by emulator-official-client.test.ts.
"""
import hashlib
import json
import sys

try:
    import duo_client
except ImportError as absent:
    print(absent)
    sys.exit(77)

target = json.load(sys.stdin)


def make(skey=target["skey"], sig_version=2, digestmod=hashlib.sha1):
    return duo_client.Auth(
        ikey=target["ikey"],
        skey=skey,
        host=target["host"],
        port=target["port"],
        ca_certs=target["ca_file"],
        timeout=20,
        sig_version=sig_version,
        digestmod=digestmod,
    )


def refusal(call):
    try:
        return {"unexpected": call()}
    except RuntimeError as error:
        return {"status": error.status, "text": str(error)}


def walk(client, passcode, new_user):
    begun = client.auth("push", username="alice", device="auto", async_txn=True,
                        ipaddr="203.0.113.7", pushinfo="from=login%20portal&domain=example.com")
    states = [client.auth_status(begun["txid"])]
    while states[-1]["waiting"] and len(states) < 5:
        states.append(client.auth_status(begun["txid"]))
    enrolled = client.enroll(username=new_user, valid_secs=60, bypass_codes=2)
    return {
        "version": duo_client.__version__ if hasattr(duo_client, "__version__") else None,
        "ping": client.ping(),
        "check": client.check(),
        "preauth": client.preauth(username="alice", ipaddr="2001:db8::1"),
        "by_id": client.preauth(user_id="DUALICE0000000000001"),
        "states": states,
        "blocking": client.auth("phone", username="bob", device="DPBOB000000000000002", type="Login & more",
                                display_username="bob (b\u00f6b)"),
        "passcode": client.auth("passcode", username="alice", passcode=passcode),
        "spent": client.auth("passcode", username="alice", passcode=passcode),
        "sms": client.auth("sms", username="alice", device="auto"),
        "enroll": enrolled,
        "enroll_status": client.enroll_status(enrolled["user_id"], enrolled["activation_code"]),
        "logo": client.logo().hex(),
        "unknown_txid": refusal(lambda: client.auth_status("nothing")),
    }


print(json.dumps({
    "v2_sha1": walk(make(), "100001", "judy"),
    "v2_sha512": walk(make(digestmod=hashlib.sha512), "100002", "mallory"),
    "v4": walk(make(sig_version=4, digestmod=hashlib.sha512), "100003", "niaj"),
    "wrong_key": refusal(make(skey="wrong").check),
}))
