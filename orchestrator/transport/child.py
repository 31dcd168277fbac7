"""Become another program that ends when its parent does.

Run as a file, before anything else of Axenic is loaded:
`python -I -S child.py PARENT_PID [USER] -- COMMAND…`. The kernel forgets a death signal when a
process changes its user, so the user is changed here first and the signal asked for after.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    """Give up root for good."""
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def end_with_parent(parent: int) -> None:
    """Ask for SIGTERM at the parent's death, and end now if it is dead already."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("the parent process is gone")


def main() -> None:
    """Do both, then become the command."""
    before, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    if len(before) > 1:
        become(before[1])
    end_with_parent(int(before[0]))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
