import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from app.kit.embedded_postgres import DataFolderError, running
from app.kit.postgres_process import account_for, command_for, environment, programs
from tests.kit.servers import (
    ROOT,
    as_nobody,
    ask,
    fill,
    heard,
    service,
)


def spoil_version(cluster: Path) -> None:
    (cluster / "PG_VERSION").write_bytes(b"\xff\x00?")


def lose_version(cluster: Path) -> None:
    (cluster / "PG_VERSION").unlink()


def cut_control_file(cluster: Path) -> None:
    os.truncate(cluster / "global" / "pg_control", 100)


def blank_control_file(cluster: Path) -> None:
    (cluster / "global" / "pg_control").write_bytes(bytes(8192))


def lose_catalogue(cluster: Path) -> None:
    shutil.rmtree(cluster / "base")


def lose_log_of_changes(cluster: Path) -> None:
    shutil.rmtree(cluster / "pg_wal")


def become_a_file(cluster: Path) -> None:
    shutil.rmtree(cluster)
    cluster.write_text("not a folder")


def become_something_else(cluster: Path) -> None:
    shutil.rmtree(cluster)
    cluster.mkdir()
    (cluster / "letters.txt").write_text("somebody's own")


@pytest.mark.parametrize(
    "damage",
    [
        spoil_version,
        lose_version,
        cut_control_file,
        blank_control_file,
        lose_catalogue,
        lose_log_of_changes,
        become_a_file,
        become_something_else,
    ],
)
def test_a_damaged_database_is_refused_with_what_to_do(data: Path, damage: Callable[[Path], None]) -> None:
    damage(data / "postgresql")
    with pytest.raises(DataFolderError, match="Put back a backup") as raised, running(data):
        pass
    assert str(data) in str(raised.value)


@pytest.mark.parametrize("version", ["17", "19"])
def test_a_database_of_another_version_is_refused_and_left_alone(data: Path, version: str) -> None:
    (data / "postgresql" / "PG_VERSION").write_text(f"{version}\n")
    with (
        pytest.raises(DataFolderError, match=f"made by PostgreSQL {version}, and this is PostgreSQL 18"),
        running(data),
    ):
        pass
    assert (data / "postgresql" / "PG_VERSION").read_text() == f"{version}\n"


def test_somebody_elses_database_is_no_data_folder(made: Path) -> None:
    with pytest.raises(DataFolderError, match="isn't ours"), running(made / "postgresql"):
        pass


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DataFolderError, match="is not a folder"), running(tmp_path / "data"):
        pass


def test_a_folder_in_use_by_a_start_that_never_answers_is_refused_in_time(made: Path) -> None:
    with (made / "postgresql.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        with pytest.raises(DataFolderError, match="in use") as raised, running(made, wait_seconds=0.1):
            pass
    assert str(made) in str(raised.value)


def test_a_folder_in_use_by_a_server_of_somebody_else_is_refused(made: Path) -> None:
    account = account_for(made / "postgresql", made)
    with running(made, durable=False):
        pass
    cluster = made / "postgresql"
    descriptor = os.open(cluster, os.O_RDONLY)
    place = f"/proc/self/fd/{descriptor}" if account else str(cluster)
    command = [str(programs(account) / "postgres"), "-D", place, "-c", "listen_addresses="]
    options = ["-c", "unix_socket_directories=."]
    with subprocess.Popen(
        command_for([*command, *options], account),
        pass_fds=[descriptor],
        env=environment(),
        stderr=subprocess.PIPE,
    ) as foreign:
        assert foreign.stderr is not None
        while b"ready to accept connections" not in foreign.stderr.readline():
            pass
        with pytest.raises(DataFolderError, match=f"in use by process {foreign.pid}"), running(made):
            pass
        foreign.send_signal(signal.SIGQUIT)
    os.close(descriptor)


def test_the_number_of_a_dead_server_that_is_another_process_now_does_not_prevent_a_start(made: Path) -> None:
    (made / "postgresql" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")
    with running(made, durable=False) as address:
        assert ask(address, "SELECT line FROM note") == "kept"


def test_what_an_interrupted_first_start_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "data" / "postgresql.new" / "base").mkdir(parents=True)
    with running(tmp_path / "data", durable=False) as address:
        assert ask(address, "SELECT 1") == 1
    assert not (tmp_path / "data" / "postgresql.new").exists()


def test_a_folder_that_may_not_be_written_is_refused(open_folder: Path) -> None:
    if not ROOT:
        open_folder.chmod(0o500)
    with service(str(open_folder / "data"), before=as_nobody()) as process:
        said = heard(process)
    assert said.startswith(f"refused: This user may not write in the data folder {open_folder / 'data'}")


def test_root_that_may_not_become_anybody_else_is_told_so(open_folder: Path) -> None:
    alone = ("unshare", "--map-root-user")
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine doesn't let anybody make a world with root alone")
    with service(str(open_folder / "data"), before=alone) as process:
        assert heard(process).startswith("refused: PostgreSQL doesn't run as root, and here root may not become")


@pytest.mark.parametrize("options", ["size=5m", "size=80m,nr_inodes=300"])
def test_a_disk_without_room_for_a_new_database_is_named_and_nothing_is_left_behind(
    mount: Callable[[str], Path], options: str
) -> None:
    folder = mount(options) / "data"
    with (
        pytest.raises(DataFolderError, match="The disk of the data folder") as raised,
        running(folder, durable=False),
    ):
        pass
    assert str(folder) in str(raised.value)
    assert [path.name for path in folder.iterdir()] == ["postgresql.lock"]


def test_a_disk_that_became_full_is_named_and_with_room_again_the_database_is_there(
    mount: Callable[[str], Path], made: Path
) -> None:
    disk = mount("size=80m")
    shutil.copytree(made, disk / "data")
    filling = fill(disk)
    with pytest.raises(DataFolderError, match=r"is full\. Make room"), running(disk / "data", durable=False):
        pass
    filling.unlink()
    with running(disk / "data", durable=False) as address:
        assert ask(address, "SELECT line FROM note") == "kept"
