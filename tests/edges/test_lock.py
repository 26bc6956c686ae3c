import subprocess
import sys
from pathlib import Path

import pytest

from triage.edges.lock import network_kind, only_one, refuse_network, turn
from triage.errors import DiskError, Unavailable

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /srv/my\\040mail rw shared:9 - nfs4 server:/x rw
31 30 8:2 / /srv/my\\040mail/local rw - ext4 /dev/sdb1 rw
32 22 0:31 / /home/me/cloud rw - fuse.sshfs me@host: rw
33 22 0:32 / /home/me/plain rw - fuse.ext4 /dev/sdc rw
"""


@pytest.fixture
def mounts(tmp_path):
    path = tmp_path / "mountinfo"
    path.write_text(MOUNTS)
    return path


def test_a_second_triage_is_told_to_wait(tmp_path):
    program = (
        "import sys, pathlib\n"
        "from triage.edges.lock import only_one\n"
        "from triage.errors import Unavailable\n"
        "try:\n"
        "    with only_one(pathlib.Path(sys.argv[1])): print('got it')\n"
        "except Unavailable as error: sys.exit(error.exit_code)\n"
    )

    with only_one(tmp_path):
        second = subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    third = subprocess.run([sys.executable, "-c", program, tmp_path], check=False)

    assert second.returncode == 75
    assert third.returncode == 0


def test_the_lock_holds_within_one_process_too(tmp_path):
    with only_one(tmp_path), pytest.raises(Unavailable, match="другой triage"):
        only_one(tmp_path).__enter__()


def test_a_home_that_is_not_there_is_a_disk_error(tmp_path):
    with pytest.raises(DiskError), only_one(tmp_path / "missing"):
        pass


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("/srv/my mail/triage", "nfs4"),
        ("/srv/my mail/local/triage", ""),
        ("/home/me/cloud", "fuse.sshfs"),
        ("/home/me/plain", ""),
        ("/home/me", ""),
    ],
)
def test_the_innermost_mount_decides(mounts, where, kind):
    assert network_kind(Path(where), mounts) == kind


def test_a_network_disk_is_refused_in_words(mounts, tmp_path):
    with pytest.raises(DiskError, match="nfs4"):
        refuse_network(Path("/srv/my mail"), mounts)

    refuse_network(tmp_path, tmp_path / "no mountinfo here")


def test_commands_take_turns_with_the_daemon(tmp_path):
    busy = pytest.raises(Unavailable, match="другой triage")
    with only_one(tmp_path), turn(tmp_path), busy:
        turn(tmp_path, seconds=0.05).__enter__()

    with turn(tmp_path, seconds=0):
        pass
