"""Reading the environment: typed, from files too, and one line that names what is wrong."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.environment import KEY, Environment
from wallet_transaction_api import env


class TestText:
    def test_is_the_default_when_unset_or_empty(self, environment: Environment) -> None:
        environment.set(LOG_LEVEL="")
        assert env.text("LOG_LEVEL", "INFO") == env.text("HOST", "INFO") == "INFO"

    def test_loses_blanks_at_its_ends(self, environment: Environment) -> None:
        environment.set(LOG_LEVEL="  DEBUG\n")
        assert env.text("LOG_LEVEL") == "DEBUG"


class TestFiles:
    def test_hold_a_secret(self, environment: Environment) -> None:
        environment.set(SECRET_KEY_FILE=str(environment.write("key", f"{KEY}\n")))
        assert env.secret_key() == KEY

    def test_come_before_the_plain_variable(self, environment: Environment) -> None:
        environment.set(SECRET_KEY="other", SECRET_KEY_FILE=str(environment.write("key", KEY)))
        assert env.secret_key() == KEY

    @pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
    def test_that_say_nothing_are_refused(
        self, environment: Environment, content: bytes | None
    ) -> None:
        path = environment.folder / "key"
        if content is not None:
            path.write_bytes(content)
        environment.set(SECRET_KEY_FILE=str(path))
        assert environment.refusal().startswith("SECRET_KEY: ")
        assert "SECRET_KEY_FILE" in environment.refusal()

    def test_may_not_be_folders(self, environment: Environment) -> None:
        environment.set(DB_PASSWORD_FILE=str(environment.folder))
        assert environment.refusal().startswith("DB_PASSWORD: ")


class TestDotEnv:
    def test_sets_what_the_process_does_not(self, environment: Environment) -> None:
        environment.write(".env", f"SECRET_KEY={KEY}\nPORT=9000\nWEB_THREADS=3\n")
        environment.set(PORT="9001")
        settings = environment.settings()
        assert (settings["SECRET_KEY"], settings["PORT"]) == (KEY, 9001)
        assert settings["WEB_THREADS"] == 3

    @pytest.mark.parametrize(
        "text", [f"SECRET_KEY={KEY}", f"SECRET_KEY={KEY}\nDATABASE_URL=sqlite:///x.sqlite3"]
    )
    def test_ends_development_mode(self, environment: Environment, text: str) -> None:
        environment.write(".env", text)
        settings = environment.settings()
        assert (settings["DEVELOPMENT"], settings["DEBUG"]) == (False, False)

    @pytest.mark.parametrize(
        ("written", "password"),
        [
            ("pa${A}ss#1", "pa${A}ss#1"),
            ("pa$A\\ss = 1", "pa$A\\ss = 1"),
            ("'pa #${A} 1'", "pa #${A} 1"),
            ("pa # a comment", "pa"),
            ("p\u00e4ss", "p\u00e4ss"),
        ],
    )
    def test_expands_nothing(self, environment: Environment, written: str, password: str) -> None:
        environment.set(A="expanded")
        environment.write(".env", f"export SECRET_KEY={KEY}\nDB_NAME=n\nDB_PASSWORD={written}\n")
        database = environment.settings()["DATABASES"]["default"]
        assert (database["NAME"], database["PASSWORD"]) == ("n", password)

    def test_names_files_too(self, environment: Environment) -> None:
        key = environment.write("key", KEY)
        environment.write(".env", f"SECRET_KEY_FILE={key}\n")
        assert environment.settings()["SECRET_KEY"] == KEY

    @pytest.mark.parametrize("content", [b"SECRET KEY=x\n", b"PORT=1\n'\n", b"SECRET_KEY=\xff\n"])
    def test_that_cannot_be_read_is_refused(self, environment: Environment, content: bytes) -> None:
        (environment.folder / ".env").write_bytes(content)
        assert environment.refusal().startswith(".env: ")

    def test_may_not_be_a_folder(self, environment: Environment) -> None:
        (environment.folder / ".env").mkdir()
        assert environment.refusal().startswith(".env: ")


class TestFlag:
    @pytest.mark.parametrize("word", ["true", "True", "1", "yes", "on"])
    def test_knows_the_words_for_true(self, environment: Environment, word: str) -> None:
        environment.set(DEBUG=word)
        assert env.flag("DEBUG", default=False) is True

    @pytest.mark.parametrize("word", ["false", "FALSE", "0", "no", "off"])
    def test_knows_the_words_for_false(self, environment: Environment, word: str) -> None:
        environment.set(DEBUG=word)
        assert env.flag("DEBUG", default=True) is False


class TestNames:
    def test_are_separated_by_commas(self, environment: Environment) -> None:
        environment.set(ALLOWED_HOSTS=" a.example , b.example,, ")
        assert env.names("ALLOWED_HOSTS") == ["a.example", "b.example"]


class TestAddress:
    @pytest.mark.parametrize(
        ("given", "read"),
        [("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("::1", "::1"), ("[::]", "::")],  # noqa: S104
    )
    def test_is_what_the_server_can_listen_on(
        self, environment: Environment, given: str, read: str
    ) -> None:
        environment.set(HOST=given)
        assert env.address("HOST", "127.0.0.1") == read


class TestKeptKey:
    def test_is_made_once_for_its_owner_only(self, environment: Environment) -> None:
        key = env.secret_key()
        path = environment.folder / ".secret_key"
        assert len(key) >= 50
        assert env.secret_key() == path.read_text() == key
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_is_the_same_for_all_who_start_at_once(self, environment: Environment) -> None:
        with ThreadPoolExecutor(16) as pool:
            keys = {key for _ in range(4) for key in pool.map(lambda _: env.secret_key(), "x" * 16)}
        assert len(keys) == 1
        assert [path.name for path in environment.folder.iterdir()] == [".secret_key"]

    def test_of_a_slower_process_gives_way(self, environment: Environment) -> None:
        path = environment.folder / ".secret_key"
        env._keep(path, "the first's")
        env._keep(path, "the second's")
        assert path.read_text() == "the first's"

    def test_needs_a_place(self, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(env, "ROOT", environment.folder / "gone")
        assert environment.refusal().startswith("SECRET_KEY: set it")

    def test_that_is_empty_is_refused(self, environment: Environment) -> None:
        environment.write(".secret_key", "")
        assert environment.refusal().startswith("SECRET_KEY: set it")

    def test_is_not_in_the_repository(self) -> None:
        ignored = (Path(__file__).parent.parent / ".gitignore").read_text().split()
        assert {".secret_key", ".secret_key.*", ".env"} <= set(ignored)


class TestSecretKey:
    @pytest.mark.parametrize(
        "variables",
        [
            {"DATABASE_URL": "sqlite:///x.sqlite3"},
            {"DB_NAME": "wallets"},
            {"DB_HOST": "db"},
            {"DATABASE_URL": "sqlite:///x.sqlite3", "SECRET_KEY": ""},
        ],
    )
    def test_is_required_beside_a_database(
        self, environment: Environment, variables: dict[str, str]
    ) -> None:
        environment.set(**variables)
        assert environment.refusal() == "SECRET_KEY: required once a database is configured"

    def test_of_the_example_is_refused(self, environment: Environment) -> None:
        environment.set(SECRET_KEY=env.EXAMPLE_SECRET_KEY)
        assert environment.refusal().startswith("SECRET_KEY: this is the example's")

    def test_of_the_example_is_the_one_that_is_refused(self) -> None:
        example = (Path(__file__).parent.parent / ".env.example").read_text()
        assert f"\nSECRET_KEY={env.EXAMPLE_SECRET_KEY}\n" in example

    @pytest.mark.parametrize("key", ["x", "x" * 31, "\u00e9" * 15])
    def test_that_is_short_is_rejected(self, environment: Environment, key: str) -> None:
        environment.set(SECRET_KEY=key)
        assert environment.refusal() == (
            f"SECRET_KEY: {len(key.encode())} bytes, not 32; make a longer one"
        )

    @pytest.mark.parametrize("key", ["x" * 32, "\u00e9" * 16, "\udcff" * 32])
    def test_that_is_long_enough_is_taken(self, environment: Environment, key: str) -> None:
        environment.set(SECRET_KEY=key)
        assert environment.settings()["SECRET_KEY"] == key

    def test_that_was_kept_is_long_too(self, environment: Environment) -> None:
        environment.write(".secret_key", "short")
        assert environment.refusal().startswith("SECRET_KEY: 5 bytes, not 32")

    def test_alone_ends_development_mode(self, environment: Environment) -> None:
        environment.set(SECRET_KEY=KEY)
        assert env.is_development() is False


def test_the_environment_is_read_by_this_module_only() -> None:
    package = Path(env.__file__).parent
    readers = {path.name for path in package.rglob("*.py") if "os.environ" in path.read_text()}
    # The others say where the settings are.
    assert readers <= {"env.py", "wsgi.py", "__main__.py"}
