"""Names that are given are never given twice."""

import os
import random
from uuid import UUID

from wallet_transaction_api import names


def test_a_name_is_a_random_uuids_digits() -> None:
    name = names.new()
    assert UUID(name).hex == name
    assert UUID(name).version == 4


def test_whoever_seeds_pythons_generator_makes_no_name_come_twice() -> None:
    given = set()
    for _ in range(2):
        random.seed(0)
        given.add(names.new())
    assert len(given) == 2


def test_a_forked_process_gives_names_of_its_own() -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, names.new().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 32).decode() != names.new()
