# Connections to a Unix socket under many uids, made by root, held for as long as the daemon lets them. Used by
# crowd-of-uids.ts, which says how. Arguments: the socket, connections for each uid, "again" or "once", then UID[=HEX] each: HEX is
# what that uid says as soon as it is connected. A line for each question on standard input; ends with it.
import errno
import json
import os
import select
import socket
import sys

path, each, again = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "again"
people = [(int(uid), bytes.fromhex(said)) for uid, _, said in (arg.partition("=") for arg in sys.argv[4:])]
poller = select.poll()
held = {}
closed = 0


def connect(uid, said):
    """True when a connection is there; false when the queue is full."""
    os.seteuid(uid)
    try:
        one = socket.socket(socket.AF_UNIX)
        one.setblocking(False)
        one.connect(path)
        if said:
            one.send(said)
    except OSError as error:
        one.close()
        # The queue is full, or the daemon has ended before us.
        if error.errno in (errno.EAGAIN, errno.ENOENT, errno.ECONNREFUSED):
            return False
        if error.errno not in (errno.EPIPE, errno.ECONNRESET):
            raise
        return True
    finally:
        os.seteuid(0)
    held[one.fileno()] = (one, uid, said)
    poller.register(one, select.POLLRDHUP)
    return True


def look(milliseconds):
    """Forgets the connections that the other side has closed, and says whose they were."""
    global closed
    gone = []
    for fd, _ in poller.poll(milliseconds):
        if fd == 0:
            answer()
            continue
        one, uid, said = held.pop(fd)
        poller.unregister(fd)
        one.close()
        closed += 1
        gone.append((uid, said))
    return gone


def answer():
    if sys.stdin.readline() == "":
        os._exit(0)
    print(json.dumps({"held": len(held), "closed": closed}), flush=True)


waiting = [person for _ in range(each) for person in people]
poller.register(0, select.POLLIN)
first = True
while True:
    waiting = [person for person in waiting if not connect(*person)]
    if first and not waiting or first and again:
        first = False
        print(json.dumps({"held": len(held), "closed": closed}), flush=True)
    gone = look(2 if waiting else 50)
    if again:
        waiting += gone
